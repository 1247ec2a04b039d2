"""Walking a shard from its first tick, or from where it was interrupted, to its last."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from connectors.tick_history import TickHistory
from flows.backtest.errors import BacktestError
from flows.backtest.job import ShardJob, Walked
from flows.backtest.origins import history_of
from flows.backtest.work import Work
from models.backtest.decided import Decided
from models.backtest.walk import MakeMarket, Walk, live_market
from models.backtest.watching import CalibrationPoint, DriftPoint
from models.inputs import TickBatch
from models.scoring.model import Model

Told = Callable[[int, float | None], None]
"""Hears how many records were read, and the share of the whole, None where there is no telling."""


class Walking:
    """One shard's walk with its parts; ``run`` leaves what it found in the work folder and returns it."""

    def __init__(
        self, job: ShardJob, models: Mapping[str, Model], work: Work, market: MakeMarket = live_market
    ) -> None:
        self._job, self._models, self._work, self._market = job, models, work, market
        number, state = work.state() or (-1, {})
        self._part = number + 1
        self._batches: int = state.get("batches", 0)
        self._records: int = state.get("records", 0)
        self._rows: int = state.get("rows", 0)
        self._seconds: list[int] = list(state.get("seconds", ()))  # first and last
        self._points: list[CalibrationPoint | DriftPoint] = [*_held(state.get("points", ()))]
        self._walk = Walk(job.spec, job.held_desk, models, state.get("walk"), market)

    def run(self, told: Told) -> Walked:
        """Walk to the end; raise ``BacktestError`` where there is no second to decide on."""
        history = history_of(self._job.origin)
        for batch in self._left(history, told):
            self._walk.step(batch)
            self._batches += 1
            self._records += len(batch)
            if self._walk.waiting >= self._job.part_rows:
                self._cut()
            told(self._records, history.share)
        self._cut(end=True)
        if not self._rows:
            raise BacktestError(f"{self._job.shard}: no second closed: there are too few usable trades")
        found = self._found()
        self._work.finish(found)
        return found

    def _left(self, history: TickHistory, told: Told) -> Iterator[TickBatch]:
        """Yield the batches behind those that were taken before the interruption."""
        batches = history.batches()
        for _ in islice(batches, self._batches):
            told(self._records, history.share)
        return batches

    def _cut(self, *, end: bool = False) -> None:
        rows = self._walk.take(end=end)
        self._points += self._walk.points()
        self._count(rows)
        self._work.put(self._part, rows, None if end else self._state())
        self._part += 1

    def _count(self, rows: Decided) -> None:
        self._rows += len(rows)
        if len(rows):
            first = self._seconds[0] if self._seconds else int(rows.second[0])
            self._seconds = [first, int(rows.second[-1])]

    def _state(self) -> dict[str, Any]:
        return {
            "batches": self._batches,
            "records": self._records,
            "rows": self._rows,
            "seconds": self._seconds,
            "points": [tuple(point) for point in self._points],
            "walk": self._walk.snapshot(),
        }

    def _found(self) -> Walked:
        return Walked(
            symbols=[(symbol.venue, symbol.name) for symbol in self._walk.symbols],
            parts=self._part,
            rows=self._rows,
            records=self._records,
            first_second=self._seconds[0],
            last_second=self._seconds[1],
            ledger={"read": self._walk.ledger.read, **self._walk.ledger._asdict()},
            outcomes=self._walk.outcomes,
            calibration=[point for point in self._points if isinstance(point, CalibrationPoint)],
            drift=[point for point in self._points if isinstance(point, DriftPoint)],
        )


def walk(
    job: ShardJob, models: Mapping[str, Model], folder: Path, told: Told, market: MakeMarket = live_market
) -> Walked:
    """Return what a shard's walk found, having walked as far as it had not before."""
    work = Work(folder)
    with work.opened():
        return work.walked() or Walking(job, models, work, market).run(told)


def _held(points: list[list[Any]]) -> Iterator[CalibrationPoint | DriftPoint]:
    for point in points:
        yield CalibrationPoint(*point) if len(point) == len(CalibrationPoint._fields) else DriftPoint(*point)
