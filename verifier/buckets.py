"""Five minutes of log time after the other: the seconds that closed in them, and what became of prices.

A prediction is about the second one horizon later in the same life of its symbol: up where the price is
higher then, down where it is lower, and nothing where it is the same or one of the two was too old.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from verifier.events import Event, Expired, Moved, Row, Symbol

LENGTH_S = 300


class Outcome(NamedTuple):
    """What a closed second means for the prediction that was made one horizon before."""

    second: int
    seq: int
    """Journal number behind the cause of this second's records."""
    asked_seq: int | None = None
    """The same of the second one horizon before, None where the symbol was not there."""
    up: bool | None = None
    """None where there is no telling."""
    move: float | None = None
    """Log return over the horizon, None where a price was too old."""


@dataclass(slots=True)
class Bucket:
    """A closed stretch; ``rows`` by symbol, in the order in which symbols appeared."""

    start: int
    cause: dict[str, Any]
    rows: list[tuple[Symbol, list[Outcome]]]

    @property
    def end(self) -> int:
        """Return the first second behind it."""
        return self.start + LENGTH_S


class _Then(NamedTuple):
    price: float
    age: float
    seq: int


@dataclass(slots=True)
class Buckets:
    """Fills buckets event by event; a price older than ``max_age_s`` gives no outcome."""

    horizon_s: int
    max_age_s: float
    _past: dict[Symbol, dict[int, _Then]] = field(default_factory=dict)  # seconds of the present life
    _open: dict[int, dict[Symbol, list[Outcome]]] = field(default_factory=dict)
    _moved_to: int = 0

    def take(self, event: Event, seq: int) -> None:
        """Take an event of the market; ``seq`` is the next journal number behind its input."""
        if isinstance(event, Row):
            self._row(event, seq)
        elif isinstance(event, Expired):
            self._past.pop(event.symbol, None)
        elif isinstance(event, Moved):
            self._moved_to = event.second

    def closed(self, cause: dict[str, Any]) -> list[Bucket]:
        """Return the buckets that log time has passed: nothing can be added to them any more."""
        numbers = sorted(n for n in self._open if (n + 1) * LENGTH_S <= self._moved_to)
        return [self._bucket(number, cause) for number in numbers]

    def _bucket(self, number: int, cause: dict[str, Any]) -> Bucket:
        rows = sorted(self._open.pop(number).items(), key=lambda item: item[0].number)
        return Bucket(number * LENGTH_S, cause, rows)

    def _row(self, row: Row, seq: int) -> None:
        second, past = row.closed.second, self._past.setdefault(row.symbol, {})
        now = past[second] = _Then(row.closed.price, row.closed.age, seq)
        found = self._outcome(second, now, past.pop(second - self.horizon_s, None))
        self._open.setdefault(second // LENGTH_S, {}).setdefault(row.symbol, []).append(found)

    def _outcome(self, second: int, now: _Then, then: _Then | None) -> Outcome:
        if then is None:
            return Outcome(second, now.seq)
        if max(now.age, then.age) > self.max_age_s:
            return Outcome(second, now.seq, then.seq)
        up = None if now.price == then.price else now.price > then.price
        return Outcome(second, now.seq, then.seq, up, math.log(now.price / then.price))
