"""How stale the ticks became: of each symbol, and of each shard's freshest symbol, out of ``staleness``.

A shard tells when the age of a symbol's last trade crosses a limit, and when the symbol trades again. So the
age is known exactly beyond the first limit, and of one that never crossed it is known to be below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flows.day_report.window import Window
from models.spec import SECOND

Plain = dict[str, Any]
TICK = "staleness.tick"


class Age(NamedTuple):
    """The greatest age, s, and of what; ``below``: nothing crossed this limit. None and None: no data."""

    value: float | None
    of: str
    below: float | None = None


NO_AGE = Age(None, "", None)


@dataclass(slots=True)
class _Shard:
    """One shard: when each symbol that is beyond the limit traded last, ns."""

    held: dict[str, int] = field(default_factory=dict)
    worst: Age = NO_AGE
    freshest: float | None = None

    def look(self, now: int, symbols: int) -> None:
        """Take in how old everything is, before anything trades again."""
        for symbol, traded in self.held.items():
            age = (now - traded) / SECOND
            if self.worst.value is None or age > self.worst.value:
                self.worst = Age(age, symbol)
        if self.held and len(self.held) >= symbols:
            freshest = (now - max(self.held.values())) / SECOND
            self.freshest = freshest if self.freshest is None else max(freshest, self.freshest)


class Ages(NamedTuple):
    """The greatest age of any symbol, of any shard's freshest symbol, and how many episodes there were."""

    symbol: Age
    shard: Age
    episodes: int


def ages(events: Iterable[Plain], symbols: Mapping[str, Set[str]], window: Window, limit_s: float) -> Ages:
    """Return how stale the ticks became in a stretch.

    ``symbols`` are those of each shard, of which something was heard. ``limit_s`` is the first limit.
    """
    shards = {shard: _Shard() for shard in symbols}
    episodes = 0
    for body in sorted(events, key=lambda one: (one["ts"], one["ordinal"])):
        if body["metric"] != TICK or not window.holds(body["ts"]):
            continue
        cause = body["caused_by"]
        shard = shards.setdefault(f"{cause['topic']}/{cause['partition']:04d}", _Shard())
        episodes += _step(shard, body, symbols)
    for name, shard in shards.items():
        shard.look(window.end, len(symbols.get(name, ())))
    if not shards:
        return Ages(NO_AGE, NO_AGE, 0)
    return Ages(_symbol(shards, limit_s), _freshest(shards, limit_s), episodes)


def _step(shard: _Shard, body: Plain, symbols: Mapping[str, Set[str]]) -> int:
    """Follow an event; return whether an episode begins with it."""
    cause, name = body["caused_by"], f"{body['venue']}:{body['symbol']}"
    known = symbols.get(f"{cause['topic']}/{cause['partition']:04d}", ())
    if body["event"] == "crossed":
        begins = name not in shard.held
        shard.held.setdefault(name, body["ts"] - round(body["age_s"] * SECOND))
        return int(begins)
    shard.look(body["ts"], len(known))
    shard.held.pop(name, None)
    return 0


def _symbol(shards: Mapping[str, _Shard], limit_s: float) -> Age:
    known = [shard.worst for shard in shards.values() if shard.worst.value is not None]
    return max(known, key=lambda age: age.value or 0.0, default=Age(None, "", limit_s))


def _freshest(shards: Mapping[str, _Shard], limit_s: float) -> Age:
    known = [
        Age(shard.freshest, name) for name, shard in sorted(shards.items()) if shard.freshest is not None
    ]
    return max(known, key=lambda age: age.value or 0.0, default=Age(None, "", limit_s))
