"""A shard's present, reduced from what it published: the latest answer of each symbol, the desk, the books.

A pure fold over emissions. Whatever it has handed out is never changed afterwards, only replaced, so
another thread may serialise it at leisure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from connectors.redis.hour import HourCount
from connectors.redis.keys import SCORES
from models.desk.desk import Desk
from models.judge.records import (
    AUDIT,
    DLQ,
    DRIFT,
    FALLBACK,
    FEATURES,
    PREDICTIONS,
    PROGRESS,
    SIGNALS,
    STALENESS,
    Emission,
    Observed,
    Record,
    Shard,
)  # fmt: skip
from models.market.ledger import Books
from models.spec import Staleness
from models.ticks import Reason

EVENTS = 20
"""Staleness, fallback and drift events that are kept."""

_LEVELS = ("ok", "warn", "crit")
_EVENT_TOPICS = (STALENESS, FALLBACK)
_NOT_INVALID = (Reason.LATE, Reason.DUPLICATE)

Plain = dict[str, Any]


class ShardView:
    """The view of one shard, fed with all its emissions in order."""

    def __init__(self, shard: Shard, ladder: Staleness | None = None) -> None:
        self._name = {"shard": shard.key, **shard._asdict()}
        self._ladder = ladder or Staleness()
        self._symbols: dict[str, Plain] = {}
        self._monitors: dict[str, Plain] = {}
        self._events: deque[Plain] = deque(maxlen=EVENTS)
        self._scores: deque[Plain] = deque(maxlen=SCORES.most)
        self._dlq = HourCount()
        self._desk: Desk | None = None
        self._desk_plain: Plain = {}
        self._versions: dict[str, str] = {}
        self._fallbacks: dict[str, int] = {}
        self._drift: dict[str, int] = {}  # episodes that began or rose, by level
        self._breaker = "closed"
        self._head: Plain = {**self._name, "second": None}

    def update(self, emission: Emission | Observed) -> None:
        """Take in what was emitted; costs one look at each record and one entry a symbol."""
        if isinstance(emission, Observed):
            self._observe(emission)
            return
        found = _sort(emission.records)
        for name, signal in found.signals.items():
            self._symbols[name] = self._symbol(signal, found.rows.get(name), emission.books)
            self._see_version(signal)
        for topic, body in found.events:
            self._event(topic, body)
        self._scores.extend(reversed(found.scores))
        self._head = self._new_head(emission, found)

    def as_dict(self) -> Plain:
        """Return the whole view, JSON-ready: the head's fields, ``events``, and ``symbols`` by name."""
        return {**self._head, "events": list(self._events), "symbols": dict(self._symbols)}

    def take_scores(self) -> list[Plain]:
        """Return the items of ``audit`` that came since the last call, oldest first, the newest 10,000."""
        scores = list(self._scores)
        self._scores.clear()
        return scores

    def _symbol(self, signal: Plain, row: Plain | None, books: Books | None) -> Plain:
        age = row["age_s"] if row else 0.0
        level = _LEVELS[(age > self._ladder.warn_s) + (age > self._ladder.fallback_s)]
        ledger = books.of(signal["symbol"]) if books else {}
        monitors = self._monitors.get(signal["symbol"], {})
        return {"signal": signal, "features": row, "level": level, "ledger": ledger, "monitors": monitors}

    def _observe(self, observed: Observed) -> None:
        """Show the newest state of each model and symbol."""
        for topic, name, body, _ in observed.records:
            assert isinstance(body, dict)
            if topic == DRIFT:
                self._events.extend({"topic": topic, **body, **event} for event in body["events"])
                for event in body["events"]:
                    if event["kind"] == "crossed":
                        self._drift = {**self._drift, event["level"]: self._drift.get(event["level"], 0) + 1}
                if body["levels"] is None:
                    continue
            known = self._monitors.get(name, {})
            of_model = known.get(body["reference"], {})
            self._monitors[name] = {**known, body["reference"]: {**of_model, topic: body}}
            if name in self._symbols:
                self._symbols[name] = {**self._symbols[name], "monitors": self._monitors[name]}

    def _see_version(self, signal: Plain) -> None:
        model, version = signal["model"], signal["model_version"]
        if self._versions.get(model) != version:
            self._versions = {**self._versions, model: version}

    def _event(self, topic: str, body: Plain) -> None:
        self._events.append({"topic": topic, **body})
        if topic == FALLBACK and body["event"] == "enter":
            reason = body["reason"]
            self._fallbacks = {**self._fallbacks, reason: self._fallbacks.get(reason, 0) + 1}
        if body["event"] == "breaker":
            self._breaker = body["state"]
        # an event of a breaker is of a shard, and names no symbol
        known = self._symbols.get(body.get("symbol", ""))
        if body["event"] == "expired" and known:
            self._symbols[body["symbol"]] = {**known, "level": "expired"}

    def _new_head(self, emission: Emission, found: _Found) -> Plain:
        if emission.desk is not self._desk:
            self._desk, self._desk_plain = emission.desk, emission.desk.as_dict()
        return {
            **self._name,
            "offset": emission.cause.offset,
            "seq": emission.cause.seq,
            "second": self._head["second"] if found.second is None else found.second,
            "log_ts": emission.log_ts,
            "ledger": {"read": emission.ledger.read, **emission.ledger._asdict()},
            "outcomes": {**emission.outcomes, **emission.pending._asdict()},
            "desk": self._desk_plain,
            "versions": self._versions,
            "fallbacks": self._fallbacks,
            "drift_events": self._drift,
            "breaker": self._breaker,
            "dlq_size": self._dlq.update(emission.log_ts, found.invalid),
            "command_id": emission.command_id or self._head.get("command_id"),
        }


class _Found(NamedTuple):
    """The records of an emission that matter to the view: the last of each symbol, and all events."""

    signals: dict[str, Plain]
    rows: dict[str, Plain]
    events: list[tuple[str, Plain]]
    scores: list[Plain]  # newest first
    second: int | None
    invalid: int


def _sort(records: Sequence[Record]) -> _Found:
    """Go backwards, so that all but the last record of a symbol are passed over unread."""
    signals: dict[str, Plain] = {}
    rows: dict[str, Plain] = {}
    events: list[tuple[str, Plain]] = []
    scores: list[Plain] = []
    second, invalid = None, 0
    body: Any
    for topic, key, body, headers in reversed(records):
        if topic == PREDICTIONS:
            continue
        if topic == SIGNALS:
            if key not in signals:
                signals[key] = body
        elif topic == FEATURES:
            if key not in rows and body["tf"] == "1s":
                rows[key] = body
        elif topic == DLQ:
            invalid += _reason(headers) not in _NOT_INVALID
        elif topic == PROGRESS:
            second = body["second"] if second is None else second
        elif topic == AUDIT:
            scores.append(body)
        elif topic in _EVENT_TOPICS:
            events.append((topic, body))
    return _Found(signals, rows, events[::-1], scores, second, invalid)


def _reason(headers: Mapping[str, str] | None) -> str:
    return headers["reason"] if headers else ""
