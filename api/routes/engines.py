"""The engines: an engine is what answers for one symbol."""

from __future__ import annotations

from collections import Counter

from fastapi import APIRouter

from api.context import Ctx
from api.http.answers import Json
from api.http.parameters import SymbolPath, normal
from api.routes.symbols import unknown
from api.shown.answer import answer
from api.shown.freshness import Plain, age_s
from api.shown.statuses import not_found

router = APIRouter(prefix="/engines", tags=["engines"])

UNKNOWN = not_found("No shard has seen this symbol.")
STATES = ("running", "killed", "halted", "stale", "expired")
"""``killed`` and ``halted`` tell what an operator or the guard ordered, whether or not the engine answers."""


@router.get("")
def engines(context: Ctx) -> Json:
    """List the engines, one a symbol: running, killed, halted, stale or expired, with model and last signal.

    Stale: no signal for 5 s. Expired: no trade for an hour. To stop or start one, send a control command:
    `levibot control kill --scope symbol:BTCUSDT`, `unkill`, `halt`, `resume`.
    """
    now, limit = context.clock(), context.settings.stale_after_s
    shards = context.reader.shards().values()
    found = [engine(symbol, shard, now, limit) for shard in shards for symbol in shard["symbols"].values()]
    found.sort(key=lambda one: (one["symbol"], one["shard"]))
    counts = Counter(one["state"] for one in found)
    return Json({"count": len(found), "states": {s: counts[s] for s in STATES}, "engines": found, "ts": now})


@router.get("/{symbol:path}", responses=UNKNOWN)
def one_engine(context: Ctx, symbol: SymbolPath) -> Json:
    """Tell the state of one symbol's engine; 404, with the known symbols, for one that was not seen."""
    found = context.reader.symbol(normal(symbol))
    if found is None:
        return unknown(context, symbol)
    now = context.clock()
    return Json({**engine(found, found["shard"], now, context.settings.stale_after_s), "ts": now})


def engine(symbol: Plain, head: Plain, now: int, stale_after_s: float) -> Plain:
    """Return a symbol's engine; ``age_s`` is that of its last signal."""
    shown = answer(symbol, head, now, stale_after_s)
    names = ("symbol", "venue", "shard", "model", "model_version", "signal", "last_signal", "reason", "age_s")
    return {
        "engine": shown["symbol"],
        "state": _state(symbol, head, shown),
        **{name: shown[name] for name in names},
        "written_age_s": age_s(head["written_at"], now),
        "level": symbol["level"],
    }


def _state(symbol: Plain, head: Plain, shown: Plain) -> str:
    if shown["killed"]:
        return "killed"
    if head["desk"]["halted"]:
        return "halted"
    if symbol["level"] == "expired":
        return "expired"
    return "stale" if shown["stale"] else "running"
