"""Walked shards through the paper account: one result for each symbol, or one for all under one account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from flows.backtest.errors import BacktestError
from flows.backtest.job import ShardJob, TradingJob, Walked
from flows.backtest.walking import Told
from flows.backtest.work import Work
from models.backtest import watching
from models.backtest.booking import Booking, with_costs
from models.backtest.decided import Decided
from models.backtest.prices import Prices
from models.backtest.seconds import frames, seconds
from models.desk.references import name_of
from models.paper.inputs import Frame
from models.paper.spec import PaperSpec
from models.performance.assessment import Assessment, assess
from models.performance.result import CalibrationPoint, CostCase, DriftPoint, Result
from models.spec import SECOND

P = TypeVar("P", watching.CalibrationPoint, watching.DriftPoint)

MULTIPLES = (0.0, 0.5, 1.0, 2.0)
"""Of fees and slippage, under which the account walks again."""
SECONDS = 100
"""Walked at once: so few that they are gone before a garbage collection looks at them."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A walked shard."""

    job: ShardJob
    walked: Walked
    work: Work

    @property
    def names(self) -> list[str]:
        """Return the full name of each symbol by code."""
        return [f"{venue}:{name}" if venue else name for venue, name in self.walked.symbols]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Symbols of one shard, by code, from ``first_second`` on."""

    shard: Shard
    codes: tuple[int, ...]
    first_second: int

    @property
    def names(self) -> list[str]:
        """Return their full names."""
        return [self.shard.names[code] for code in self.codes]

    def rows(self) -> Iterator[Decided]:
        """Yield their rows."""
        for part in self.shard.work.parts(self.shard.walked.parts):
            mine = np.isin(part.code, self.codes) & (part.second >= self.first_second)
            yield part if mine.all() else part.where(mine)


class Trading:
    """The accounts of one result: one for each multiple of costs, over the same seconds."""

    def __init__(self, chosen: Sequence[Chosen], paper: PaperSpec) -> None:
        self._chosen = chosen
        self._paper = paper
        self._first = min(one.first_second for one in chosen)
        self._last = max(one.shard.walked.last_second for one in chosen)
        desk = chosen[0].shard.job.held_desk
        self._model = desk.model
        self._bookings = {m: Booking(with_costs(paper, m), desk, self._first) for m in MULTIPLES}
        self._prices: dict[str, Prices] = {}

    def result(self, symbol: str, seed: int, manifest: Mapping[str, Any], told: Told) -> Result:
        """Walk, and return the result; ``told`` hears the share of the seconds."""
        self._walk(told)
        found = self._assessed(seed)
        return Result(
            symbol=symbol,
            from_ts=self._first * SECOND,
            to_ts=found.equity.ts[-1],
            model=self._model,
            **found._asdict(),
            costs=[CostCase(multiple=m, metrics=b.walk().figures()) for m, b in self._bookings.items()],
            blocked=dict(sorted(self._bookings[1.0].blocked.items())),
            calibration=self._calibration(),
            drift=self._drift(),
            ledger=self._ledger(),
            manifest=manifest,
        )

    def _walk(self, told: Told) -> None:
        last, span = self._first, max(self._last - self._first, 1)
        stream = seconds([self._frames(one) for one in self._chosen])
        while some := list(islice(stream, SECONDS)):
            last = some[-1].second
            for booking in self._bookings.values():
                booking.step(some)
            told(0, (last - self._first) / span)
        for booking in self._bookings.values():
            booking.finish(last)

    def _frames(self, one: Chosen) -> Iterator[Frame]:
        names, model = one.shard.names, name_of(self._model)
        for rows in one.rows():
            for code in one.codes:
                prices = self._prices.setdefault(names[code], Prices())
                prices.take(rows if len(one.codes) == 1 else rows.where(rows.code == code))
            yield from frames(rows, names, one.shard.job.shard, model)

    def _assessed(self, seed: int) -> Assessment:
        walk = self._bookings[1.0].walk()
        legs = [
            prices.leg([trade for trade in walk.trades if trade.symbol == name])
            for name, prices in self._prices.items()
        ]
        at_marks = np.column_stack([prices.at(walk.ts) for prices in self._prices.values()])
        return assess(
            walk,
            at_marks,
            legs,
            cost_bps=self._paper.fee_bps + self._paper.slippage_bps,
            seed=seed,
            without_costs=self._bookings[0.0].walk().figures(),
        )

    def _calibration(self) -> list[CalibrationPoint]:
        points = self._of_symbol(lambda walked: walked.calibration)
        return [CalibrationPoint(ts=p.ts, n=p.n, ece=p.ece, floor=p.floor, brier=p.brier) for p in points]

    def _drift(self) -> list[DriftPoint]:
        points = self._of_symbol(lambda walked: walked.drift)
        return [DriftPoint(ts=p.ts, worst_psi=p.worst_psi, feature=p.feature) for p in points]

    def _of_symbol(self, points: Callable[[Walked], Sequence[P]]) -> list[P]:
        """Return the points of the only symbol; of several, each has them in its own result."""
        one = self._chosen[0]
        if len(self._chosen) > 1 or len(one.codes) > 1:
            return []
        name = ":".join(one.shard.walked.symbols[one.codes[0]])
        since = one.first_second * SECOND
        return [p for p in points(one.shard.walked) if p.symbol == name and p.ts > since]

    def _ledger(self) -> dict[str, int]:
        """Return what became of the items of the shards, summed."""
        shards = {id(one.shard): one.shard for one in self._chosen}.values()
        names = ("read", "used", "skipped", "late", "duplicate", "invalid")
        return {name: sum(shard.walked.ledger[name] for shard in shards) for name in names}


def trade(job: TradingJob, folder: Path, told: Told) -> Result:
    """Return the result of a job whose shards are walked; their work is in ``folder``."""
    shards = [shard_of(walk, folder) for walk in job.walks]
    chosen = [Chosen(shards[place], tuple(codes), first) for place, codes, first in job.chosen]
    return Trading(chosen, job.paper).result(job.symbol, job.seed, job.manifest, told)


def shard_of(job: ShardJob, folder: Path) -> Shard:
    """Return a shard whose walk is finished; raise ``BacktestError`` where it is not."""
    work = Work(folder / job.key)
    found = work.walked()
    if found is None:
        raise BacktestError(f"{job.shard}: its process ended without a result; run the command again")
    return Shard(job, found, work)
