"""Warm-up: how long a stage must have seen a symbol until a feature is what it would be after a longer past.

Again and again a second stage begins in the middle of the history and runs beside the one that knows it all.
For each age of a symbol in the younger stage the greatest difference of each feature is kept; the warm-up of
a feature is the age from which on it stays within the tolerance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.inputs import TickBatch
from models.leakage.stage import StageMaker, Table, table
from models.leakage.young import Young
from models.market.schema import BARS, FEATURES, Feature
from models.ticks import Symbol

SECOND = 1_000_000_000
TOLERANCE = 1e-3
"""Of a feature's standard deviation over the history."""
BATCH_S = 900
"""A batch of a history spans at most so many seconds, and a start waits for the next one."""
_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Warm:
    """One feature's verdict, in seconds."""

    name: str
    window: int
    """As declared in the schema."""
    allowed: int
    """The window, and as long as a value may be held until the next bar ends."""
    found: int | None
    """The age from which on no difference was beyond the tolerance; None where no age was young enough."""
    seen: int
    """The greatest age at which it was compared."""
    tolerance: float
    worst: float
    """The greatest difference at an age at which it should be warm."""

    @property
    def judged(self) -> bool:
        """Whether it was compared for as long as it may take, and a while longer."""
        return self.seen > self.allowed

    @property
    def holds(self) -> bool:
        """Whether it is warm by when it should be."""
        return self.worst <= self.tolerance

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"judged": self.judged, "holds": self.holds}


class WarmUp:
    """The check as a running count; give it the batches of each history in order.

    ``lead_s``: how many seconds a tick may lie in the future of its record. ``features``: the schema to hold
    the stage to, in the order of its columns.
    """

    def __init__(
        self, stage: StageMaker, lead_s: int, features: Sequence[Feature] = FEATURES, share: float = TOLERANCE
    ) -> None:
        self._maker = stage
        self._lead_s = lead_s
        self._features = features
        self._share = share
        self._allowed = [f.window + BARS[f.tf] - 1 for f in features]
        self._ages = 2 * max(self._allowed) + 2
        self._worst = np.full((self._ages, len(features)), -1.0)  # -1: never compared
        self._count, self._sum, self._squares = 0, np.zeros(len(features)), np.zeros(len(features))
        self.starts = 0
        self.begin()

    @property
    def needs_s(self) -> int:
        """How long a history is that is surely long enough for every feature to be judged."""
        return 2 * max(self._allowed) + self._lead_s + 2 + BATCH_S

    def begin(self) -> None:
        """Begin another history."""
        self._stage = self._maker(None)
        self._young: Young | None = None
        self._next: int | None = None

    def take(self, batch: TickBatch) -> None:
        """Check the next batch of the history."""
        now = int(batch.log_ts[0]) // SECOND
        self._next = now + max(self._allowed) if self._next is None else self._next
        if now >= self._next:
            self._young = Young(self._maker(None), (now + self._lead_s + 1) * SECOND)
            self._next = now + self._lead_s + 1 + self._ages
            self.starts += 1
        closed = self._stage.step([batch])
        rows = table(closed)
        self._spread(rows)
        if self._young is not None:
            self._compare(rows, closed[-1].symbols, self._young.step(batch), self._young)

    def finish(self) -> None:
        """End a history; nothing is left to be checked."""

    def result(self) -> list[Warm]:
        """Return the verdict on each feature."""
        mean = self._sum / max(self._count, 1)
        spread = np.sqrt(np.maximum(self._squares / max(self._count, 1) - mean**2, 0.0))
        return [self._verdict(place, float(spread[place])) for place in range(len(self._features))]

    def _spread(self, rows: Table) -> None:
        x = rows.values[:, : len(self._features)]
        self._count += len(x)
        self._sum += x.sum(axis=0)
        self._squares += (x * x).sum(axis=0)

    def _compare(self, rows: Table, symbols: list[Symbol], young_rows: Table, young: Young) -> None:
        if not len(rows) or not len(young_rows):
            return
        age = young.age(young_rows)
        inside = (age >= 0) & (age < self._ages)
        mine, age = young_rows.where(inside), age[inside]
        code = np.array([symbols.index(symbol) for symbol in young.symbols], dtype=np.int64)[mine.code]
        key, wanted = rows.second * len(symbols) + rows.code, mine.second * len(symbols) + code
        at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        both = key[at] == wanted
        apart = np.abs(mine.values - rows.values[at])[both][:, : len(self._features)]
        np.maximum.at(self._worst, age[both], apart)

    def _verdict(self, place: int, spread: float) -> Warm:
        feature, allowed, worst = self._features[place], self._allowed[place], self._worst[:, place]
        tolerance = max(self._share * spread, _LEAST)
        beyond, seen = np.flatnonzero(worst > tolerance), np.flatnonzero(worst >= 0)
        return Warm(
            name=feature.name,
            window=feature.window,
            allowed=allowed,
            found=(int(beyond[-1]) + 1 if len(beyond) else 0) if len(seen) else None,
            seen=int(seen[-1]) if len(seen) else -1,
            tolerance=tolerance,
            worst=max(float(worst[allowed:].max()), 0.0),
        )
