"""Feature rows of two sides paired by symbol and window end, with little of either held at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any, NamedTuple

import numpy as np

from models.consistency.figures import Figure, Figures

TOGETHER = 2_048
"""Pairs that are held against each other in one go."""


class Row(NamedTuple):
    """A feature row: window end (ns), symbol, values in the order of the features."""

    ts: int
    symbol: str
    values: Sequence[float]


class Deviation(NamedTuple):
    """The first value that differs, or the first row that one side lacks (``feature`` is None then)."""

    ts: int
    symbol: str
    feature: str | None
    live: float | None
    offline: float | None


@dataclass(frozen=True, slots=True)
class Consistency:
    """Live rows against offline ones; 0 of each is what is promised."""

    rows: int  # on both sides
    mismatch: int  # of these, with any value that differs
    missing: int  # rows of the offline side that live has not
    extra: int  # rows of live that the offline side has not
    features: tuple[Figure, ...]
    first: Deviation | None  # by window end, then symbol

    @property
    def consistent(self) -> bool | None:
        """Return whether nothing deviates, None where there was nothing to compare."""
        if not (self.rows or self.missing or self.extra):
            return None
        return not (self.mismatch or self.missing or self.extra)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        counts = {name: getattr(self, name) for name in ("rows", "mismatch", "missing", "extra")}
        features = {one.name: one._asdict() for one in self.features}
        for told in features.values():
            del told["name"]
        return {
            "consistent": self.consistent, **counts,
            "first": self.first._asdict() if self.first else None, "features": features,
        }  # fmt: skip


class Pairing:
    """Holds the rows of one shard after the other against each other."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._figures = Figures(names)
        self._pairs: list[tuple[Row, Row]] = []
        self._deviations: list[Deviation] = []
        self._mismatch = self._missing = self._extra = 0

    def shard(self, live: Iterable[Row], offline: Iterable[Row]) -> None:
        """Take the rows of a shard; each side's come about in the order of time and once each."""
        waiting: tuple[dict[tuple[int, str], Row], dict[tuple[int, str], Row]] = ({}, {})
        for side, row in _in_turn(live, offline):
            other = waiting[1 - side].pop(row[:2], None)
            if other is None:
                waiting[side][row[:2]] = row
            else:
                self._pair((other, row) if side else (row, other))
        self._settle()
        self._alone(waiting[0].values(), waiting[1].values())

    def result(self) -> Consistency:
        """Return what was found so far."""
        return Consistency(
            self._figures.rows,
            self._mismatch,
            self._missing,
            self._extra,
            self._figures.figures(),
            min(self._deviations, key=lambda one: one[:2], default=None),
        )

    def _pair(self, pair: tuple[Row, Row]) -> None:
        self._pairs.append(pair)
        if len(self._pairs) == TOGETHER:
            self._settle()

    def _settle(self) -> None:
        if not self._pairs:
            return
        live, offline = (np.array([pair[side].values for pair in self._pairs], float) for side in (0, 1))
        differ = np.flatnonzero(self._figures.update(live, offline))
        self._mismatch += len(differ)
        if len(differ):
            self._note(_earliest(self._pairs[place] for place in differ.tolist()))
        self._pairs = []

    def _note(self, pair: tuple[Row, Row]) -> None:
        live, offline = pair
        columns = zip(self._names, live.values, offline.values, strict=True)
        name, one, other = next(c for c in columns if c[1] != c[2] and not (isnan(c[1]) and isnan(c[2])))
        self._deviations.append(Deviation(live.ts, live.symbol, name, one, other))

    def _alone(self, live: Iterable[Row], offline: Iterable[Row]) -> None:
        extra, missing = list(live), list(offline)
        self._extra += len(extra)
        self._missing += len(missing)
        if alone := sorted([*extra, *missing], key=lambda row: row[:2])[:1]:
            self._deviations.append(Deviation(*alone[0][:2], None, None, None))


def _in_turn(live: Iterable[Row], offline: Iterable[Row]) -> Iterator[tuple[int, Row]]:
    """Yield rows of both sides, 0 and 1, always of the one that is behind."""
    sides = iter(live), iter(offline)
    heads = [next(side, None) for side in sides]
    while heads != [None, None]:
        live_is_next = heads[1] is None or (heads[0] is not None and heads[0].ts <= heads[1].ts)
        side = 0 if live_is_next else 1
        row = heads[side]
        assert row is not None
        yield side, row
        heads[side] = next(sides[side], None)


def _earliest(pairs: Iterable[tuple[Row, Row]]) -> tuple[Row, Row]:
    return min(pairs, key=lambda pair: pair[0][:2])
