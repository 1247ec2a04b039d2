"""What comes from outside: the trades that a feed produces, the commands that an operator sends."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

import orjson

from models.control.commands import Command
from models.control.signature import role_key, sign
from tests.simulation.bundles import BUNDLES

SECRET = "a secret of the simulation"
MS = 1_000_000
START_MS = 1_700_000_001_000
SYMBOLS = ("AAA", "BBB", "CCC")
_WAITS = (0, 0, 0, 1, 50, 200, 400, 700, 999, 1_000, 1_001, 1_500, 2_500, -300)
_SILENCE, _LONG_SILENCE = 6_500, 206_500
_KINDS = ("trade",) * 14 + (
    "many",
    "many",
    "late",
    "future",
    "repeat",
    "skip",
    "corrupt",
    "tombstone",
    "silent",
)


class Tick(NamedTuple):
    """A record of a tick partition before it is produced; ``ms`` is its timestamp."""

    ms: int
    value: bytes | None


def ticks(rng: Random, count: int, shard: int, hours: bool = False) -> list[Tick]:
    """Return so many records: trades in order, and everything a feed can do wrong."""
    feed = _Feed(rng, shard, _LONG_SILENCE if hours else _SILENCE)
    return [feed.record(rng.choice(_KINDS)) for _ in range(count)]


class _Feed:
    def __init__(self, rng: Random, shard: int, silence: int) -> None:
        self._silence = silence
        self._rng = rng
        self._names = [f"{name}{shard or ''}" for name in SYMBOLS]
        self._now = START_MS
        self._id = 0
        self._last: dict[str, Any] = self._trade(0)

    def record(self, kind: str) -> Tick:
        wait = self._silence if kind == "silent" else self._rng.choice(_WAITS)
        ms = self._now + wait
        self._now = max(self._now, ms)
        return Tick(ms, self._value(kind, ms))

    def _value(self, kind: str, ms: int) -> bytes | None:
        if kind == "tombstone":
            return None
        if kind == "skip":
            return b'{"e":"depthUpdate","E":1,"s":"AAA","U":1,"u":2,"b":[],"a":[]}'
        if kind == "corrupt":
            return orjson.dumps(self._trade(ms))[: self._rng.randint(1, 40)]
        if kind == "many":
            return orjson.dumps([self._trade(ms) for _ in range(self._rng.randint(2, 4))])
        if kind == "repeat":
            return orjson.dumps(self._last)
        ahead = {"late": -3_500, "future": 9_999}.get(kind, self._rng.choice((0, 0, 0, -5, -400)))
        return orjson.dumps(self._trade(ms + ahead))

    def _trade(self, ms: int) -> dict[str, Any]:
        self._id += 1
        price = 100 + self._rng.randint(-50, 50) / 100
        self._last = {
            "symbol": self._rng.choice(self._names), "ts": ms * MS, "price": price,
            "qty": self._rng.randint(1, 9) / 10, "side": self._rng.choice(("buy", "sell", None)),
            "trade_id": self._id,
        }  # fmt: skip
        return self._last


_ORDERS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("kill", "all", {}),
    ("kill", "all", {}),
    ("unkill", "all", {"reason": "checked"}),
    ("unkill", "all", {"reason": "checked"}),
    ("kill", "symbol:AAA", {}),
    ("unkill", "symbol:AAA", {"reason": "checked"}),
    ("canary", "all", {"enabled": True, "symbols": ["BBB"]}),
    ("flag.set", "all", {"key": "ml_confid_floor", "value": 0.95}),
    ("model.select", "all", {"name": "stub-sine"}),
    ("model.select", "all", {"name": "constant-0.9"}),
    ("model.select", "all", {"name": "absent"}),
    ("policy.set", "all", {"entry": 0.95, "exit": 0.5}),
    *(("model.select", "all", {"name": reference}) for reference in BUNDLES),
    ("model.promote", "all", {"name": next(iter(BUNDLES))}),
    ("model.select", "all", {"name": "river-logistic"}),
    ("model.select", "all", {"name": "ensemble"}),
    ("weights.set", "all", {"members": {"river-logistic": 1, next(iter(BUNDLES)): 2}}),
)


def commands(rng: Random, count: int) -> list[Command]:
    """Return so many commands of one operator; some repeat the number of the one before."""
    found: list[Command] = []
    n = 0
    for place in range(count):
        cmd, scope, args = rng.choice(_ORDERS)
        n += rng.random() < 0.75
        found.append(
            Command(id=f"c{place}", ts=0, actor="ops", n=n, role="admin", cmd=cmd, scope=scope, args=args)
        )
    return found


def signed(command: Command, *, forged: bool) -> bytes:
    """Return a command as a record of the control topic; a forged one carries another's signature."""
    key = role_key("another secret" if forged else SECRET, command.role)
    return orjson.dumps(command.as_dict() | {"sig": sign(command, key)})
