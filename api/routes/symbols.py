"""The symbols: a table of all, and one symbol's latest signal as it was published."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.context import Context, Ctx
from api.http.answers import Json, refusal
from api.http.parameters import SymbolPath, normal
from api.openapi.schemas import Symbols, answers, unknown_symbol
from api.shown.answer import answer, row
from api.shown.freshness import age_s

router = APIRouter(tags=["symbols"])

LISTED = 100
"""Known symbols that a refusal names at most."""


@router.get("/symbols", responses=answers(Symbols))
def symbols(context: Ctx) -> Json:
    """List every symbol with price, signal, probability, reason and the ages of answer and last trade.

    `level` is the staleness level (ok, warn, crit, expired) when the shard last published. A symbol that is
    on two shards has two rows.
    """
    now, limit = context.clock(), context.settings.stale_after_s
    shards = context.reader.shards().values()
    rows = [row(symbol, shard, now, limit) for shard in shards for symbol in shard["symbols"].values()]
    return Json({"count": len(rows), "symbols": sorted(rows, key=lambda r: r["symbol"]), "ts": now})


@router.get("/signals/{symbol:path}", responses=unknown_symbol(dict[str, Any]))
def signal(context: Ctx, symbol: SymbolPath) -> Json:
    """Return the latest signal of a symbol as published, its m1s features, and how it may be used now.

    404, with the known symbols, for one that has not been seen.
    """
    found = context.reader.symbol(normal(symbol))
    if found is None:
        return unknown(context, symbol)
    now = context.clock()
    return Json(
        {
            "symbol": found["signal"]["symbol"],
            "shard": found["shard"]["shard"],
            "level": found["level"],
            "ledger": found["ledger"],
            "age_s": age_s(found["signal"]["ts"], now),
            "now": answer(found, found["shard"], now, context.settings.stale_after_s),
            "signal": found["signal"],
            "features": found["features"],
        }
    )


def known_symbols(context: Context) -> list[str]:
    """Return the names of all symbols, in order; raises ``RedisDownError``."""
    return sorted({name for shard in context.reader.shards().values() for name in shard["symbols"]})


def unknown(context: Context, symbol: str) -> Json:
    """Return the refusal of a symbol that no shard has seen."""
    known = known_symbols(context)
    message = f"No shard has seen '{symbol}'; {len(known)} symbols are known."
    return refusal(404, "unknown_symbol", message, known=known[:LISTED])
