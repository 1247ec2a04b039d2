"""What is told during a drill, by what is looked at of it."""

from __future__ import annotations

from typing import Any

from flows.error_drill.heard import Note
from models.spec import SECOND


def signal(ms: int, symbol: str, signal: str = "BUY", **more: Any) -> Note:
    """Return a signal; its second is the whole one before the time at which it was told."""
    body = {"symbol": symbol, "signal": signal, "fallback": False, "advisory": False}
    return Note(ms, body | {"ts": ms // 1_000 * SECOND} | more)


def replaced(ms: int, symbol: str) -> Note:
    """Return an answer of the fallback."""
    return signal(ms, symbol, "HOLD", fallback=True, advisory=True)


def stale(ms: int, symbol: str, event: str) -> Note:
    """Return an event of staleness."""
    return Note(ms, {"metric": "staleness.tick", "symbol": symbol, "event": event})


def alert(ms: int, rule: str, event: str, scope: str = "all") -> Note:
    """Return an alert."""
    return Note(ms, {"rule": rule, "event": event, "scope": scope})


def letter(offset: int, reason: str = "not_json") -> Note:
    """Return the headers of a dead letter."""
    where = {"topic": "ticks", "partition": "0", "offset": str(offset), "place": "0"}
    return Note(offset, where | {"reason": reason})
