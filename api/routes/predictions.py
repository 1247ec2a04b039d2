"""Predictions for callers who need an answer in any case: without Redis or a view, a flagged DEMO one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.answers import Json, refusal
from api.context import Context, Ctx
from api.parameters import SymbolQuery, normal
from api.routes.symbols import known_symbols, unknown
from api.shown import answer, demo
from connectors.redis.reader import RedisDownError
from models.scoring.ensemble import ENSEMBLE
from models.scoring.model import HORIZON_S

router = APIRouter(tags=["predictions"])

SUPPORTED = f"{HORIZON_S}s"
Horizon = Annotated[str, Query(max_length=16, description=f"The horizon; supported: {SUPPORTED}.")]


@router.get("/ai/predict")
@router.get("/ml/predict")
def predict(context: Ctx, symbol: SymbolQuery, h: Horizon = SUPPORTED) -> Json:
    """Return a symbol's latest prediction: a signal, and how likely its price is higher one horizon later.

    200 with `_mock: true`, `status: "DEMO"`, `fallback: true` and HOLD when Redis is down or nothing is known
    yet. An answer older than 5 s is `stale`: HOLD, `fallback`, `advisory`. `price_target` is always null: the
    models say how likely a rise is, not how large. 404 for a symbol that is not among the known ones.
    """
    if h != SUPPORTED:
        _count(context, "other", "refused")
        return refusal(
            400, "bad_parameter", f"h: supported is {SUPPORTED}, not '{h}'.", supported=[SUPPORTED]
        )
    name = normal(symbol)
    try:
        return _live(context, name)
    except RedisDownError:
        context.metrics.errors.labels("redis").inc()
        return _demo(context, name, "redis_down")


def _live(context: Context, name: str) -> Json:
    found = context.reader.symbol(name)
    if found is None:
        return _unknown(context, name) if known_symbols(context) else _demo(context, name, "nothing_known")
    shown = answer(found, found["shard"], context.clock(), context.settings.stale_after_s)
    _count(
        context, shown["symbol"], "stale" if shown["stale"] else "fallback" if shown["fallback"] else "live"
    )
    return Json(shown)


def _unknown(context: Context, name: str) -> Json:
    _count(context, "other", "unknown_symbol")
    return unknown(context, name)


def _demo(context: Context, name: str, why: str) -> Json:
    _count(context, "other", "demo")
    return Json(demo(name, context.clock(), why))


def _count(context: Context, symbol: str, outcome: str) -> None:
    context.metrics.requests.labels(symbol, outcome).inc()


@router.get("/ml/predict_deep")
def predict_deep(symbol: SymbolQuery) -> Json:
    """Return the deep model's prediction; there is none yet, so `available` is false."""
    return _not_available(symbol, "There is no deep model yet; /ml/predict answers with the active one.")


@router.get("/ml/predict_ensemble")
def predict_ensemble(context: Ctx, symbol: SymbolQuery) -> Json:
    """Return the ensemble's prediction, `available` while it is the active model."""
    try:
        found = context.reader.symbol(normal(symbol))
    except RedisDownError:
        context.metrics.errors.labels("redis").inc()
        found = None
    if found is None or found["signal"]["model"] != ENSEMBLE:
        message = f"The {ENSEMBLE} is not the active model: levibot control model.select {ENSEMBLE}"
        return _not_available(symbol, message)
    limit = context.settings.stale_after_s
    return Json({"available": True, **answer(found, found["shard"], context.clock(), limit)})


def _not_available(symbol: str, message: str) -> Json:
    return Json(
        {
            "available": False,
            "symbol": normal(symbol),
            "signal": "HOLD",
            "prob": None,
            "fallback": True,
            "advisory": True,
            "message": message,
        }
    )
