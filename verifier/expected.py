"""What each release of the market must look like on the output topics."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from verifier.buckets import Bucket, Buckets
from verifier.events import Event, Expired, Moved, Rejected, Row
from verifier.history import Shard
from verifier.keys import RECORD_KEY, VALUE
from verifier.life import Bar
from verifier.rules import (
    AUDIT,
    DLQ,
    FEATURES,
    PREDICTIONS,
    PROGRESS,
    SECOND,
    SIGNALS,
    STALENESS,
    Rules,
    record_id,
)
from verifier.staleness import BARS, TICKS, Staleness

LETTER_BYTES = 256 * 1024

_CAUSED = (SIGNALS, PREDICTIONS, FEATURES, STALENESS, PROGRESS, DLQ, AUDIT)


class Expected(NamedTuple):
    """A record that must be there: what it is about, and the fields that follow from ticks and journal."""

    key: tuple[object, ...]
    fields: dict[str, Any]
    age: float = 0.0
    """Of the symbol's last trade, in seconds."""


@dataclass(slots=True)
class Expectations:
    """Collects, topic by topic and in order, what one era of a shard must have published.

    An era begins with a genesis; ``first`` are the ordinals with which it begins, 0 where none is given.
    """

    shard: Shard
    rules: Rules
    first: dict[str, int]
    topics: dict[str, list[Expected]] = field(default_factory=lambda: {topic: [] for topic in _CAUSED})
    buckets: list[Bucket] = field(default_factory=list)
    """Closed ones, in order: what ``calibration`` is made of, with the predictions that were published."""
    _staleness: Staleness = field(init=False)
    _filling: Buckets = field(init=False)

    def __post_init__(self) -> None:
        self._staleness = Staleness(self.rules)
        self._filling = Buckets(self.rules.horizon_s, self.rules.outcome_max_age_s)

    def take(self, events: Iterable[Event], offset: int, seq: int) -> None:
        """Add what events cause; ``offset`` and ``seq`` are the next ones behind the input."""
        cause = {
            "topic": self.shard.topic, "partition": self.shard.partition, "offset": offset, "seq": seq,
        }  # fmt: skip
        first_letter = self.first.get(DLQ, 0) + len(self.topics[DLQ])
        events, told = list(events), self.first.get(SIGNALS, 0) + len(self.topics[SIGNALS])
        closed = sorted(event.closed.second for event in events if isinstance(event, Row))
        for event in events:
            if isinstance(event, Row):
                self._row(event, cause)
            elif isinstance(event, Expired):
                self._expired(event, cause)
            elif isinstance(event, Moved):
                self._moved(event, cause, told + bisect_left(closed, event.second))
            else:
                self._letter(event, seq, first_letter)
            self._filling.take(event, seq)
        self.buckets += self._filling.closed(cause)

    def _row(self, row: Row, cause: dict[str, Any]) -> None:
        symbol, closed, horizon = row.symbol, row.closed, self.rules.horizon_s
        end = (closed.second + 1) * SECOND
        head = {"symbol": symbol.name, "venue": symbol.venue, "ts": end, "caused_by": cause}
        head[RECORD_KEY] = symbol.name
        answer = head | {"horizon_s": horizon}
        row_id = record_id("features", symbol.qualified, end, "1s")
        signal = {"id": record_id("signal", symbol.qualified, end, horizon), "price": closed.price}
        signal |= {"open": closed.bar.open}
        self._add(SIGNALS, (symbol.name, end), answer | signal, closed.age)
        self._add(PREDICTIONS, (symbol.name, end), answer | {"feature_id": row_id}, closed.age)
        shown = head | {"price": closed.price, "age_s": closed.age}
        second = {"id": row_id, "tf": "1s"} | _told(closed.bar, symbol.units)
        self._add(FEATURES, (symbol.name, end, "1s"), shown | second)
        if closed.five is not None:
            five = {"id": record_id("features", symbol.qualified, end, "5s"), "tf": "5s"}
            self._add(FEATURES, (symbol.name, end, "5s"), shown | five | _told(closed.five, symbol.units))
            self._add(AUDIT, (symbol.name, end), head | _score_id(symbol.qualified, end), closed.age)
        for metric, age in ((TICKS, closed.age), (BARS, closed.bar_age)):
            told = self._staleness.event(metric, symbol.qualified, end, age)
            if told:
                self._add(STALENESS, (symbol.name, end, metric, told["level"]), head | told)

    def _expired(self, event: Expired, cause: dict[str, Any]) -> None:
        symbol, end = event.symbol, (event.second + 1) * SECOND
        self._staleness.end(symbol.qualified)
        told = {
            "id": record_id("staleness", symbol.qualified, end, "expired"),
            "symbol": symbol.name,
            "venue": symbol.venue,
            "ts": end,
            "metric": TICKS,
            "event": "expired",
            "level": "expired",
            "limit_s": event.limit_s,
            "caused_by": cause,
            RECORD_KEY: symbol.name,
        }
        self._add(STALENESS, (symbol.name, end, TICKS, "expired"), told)

    def _moved(self, event: Moved, cause: dict[str, Any], signals: int) -> None:
        told = {
            "id": record_id("progress", self.shard.key, event.second * SECOND),
            "shard": self.shard.key,
            "second": event.second,
            "ts": event.second * SECOND,
            "signals": signals,
            "ledger": {"read": sum(event.books.values()), **event.books},
            "caused_by": cause,
            RECORD_KEY: self.shard.key,
        }
        self._add(PROGRESS, (event.second,), told)

    def _letter(self, event: Rejected, seq: int, first: int) -> None:
        record, value = event.record, event.record.value or b""
        ordinal = self.first.get(DLQ, 0) + len(self.topics[DLQ])
        told = {
            "reason": event.reason,
            "topic": self.shard.topic,
            "partition": str(self.shard.partition),
            "offset": str(record.offset),
            "place": str(event.place),
            "symbol": event.symbol,
            "length": str(len(value)),
            "sha256": hashlib.sha256(value).hexdigest(),
            "cause_offset": str(record.offset + 1),
            "cause_seq": str(seq),
            "bytes_in": str(first),
            RECORD_KEY: event.symbol or self.shard.key,
            VALUE: value[:LETTER_BYTES] if ordinal == first else b"",
        }
        self._add(DLQ, (str(record.offset), str(event.place)), told)

    def _add(self, topic: str, key: tuple[object, ...], fields: dict[str, Any], age: float = 0.0) -> None:
        self.topics[topic].append(Expected(key, fields, age))


def _score_id(qualified: str, end: int) -> dict[str, str]:
    return {"id": record_id("audit", qualified, end, "ml.score"), "action": "ml.score"}


def _told(bar: Bar, units: float) -> dict[str, Any]:
    """Return a bar as records tell it: quantity in units, not in lots."""
    return {
        "o": bar.open, "h": bar.high, "l": bar.low, "c": bar.close, "v": bar.lots / units, "n": bar.trades,
    }  # fmt: skip
