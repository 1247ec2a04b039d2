"""Predictions for callers who need an answer in any case: without Redis or a view, a flagged DEMO one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.context import Context, Ctx
from api.http.answers import Json, refusal
from api.http.limited import Limited
from api.http.parameters import SymbolQuery, normal
from api.openapi.schemas import Ensemble, NotAvailable, Prediction, answers, unknown_symbol
from api.routes.symbols import known_symbols, unknown
from api.shown.answer import answer, demo
from api.shown.other_models import ensemble_answer, not_available
from connectors.redis.reader import RedisDownError
from models.scoring.model import HORIZON_S

router = APIRouter(tags=["predictions"])

_NOT_IN_USE = (
    "The ensemble's members are asked only while it is in use: levibot control model.select ensemble, or "
    "with --as challenger, to hear it beside the active model."
)

SUPPORTED = f"{HORIZON_S}s"
Horizon = Annotated[
    str,
    Query(
        max_length=16,
        description=f"The horizon; supported: {SUPPORTED}.",
        json_schema_extra={"enum": [SUPPORTED]},
    ),
]


@router.get("/ai/predict", responses=unknown_symbol(Prediction))
@router.get("/ml/predict", responses=unknown_symbol(Prediction))
def predict(_: Limited, context: Ctx, symbol: SymbolQuery, h: Horizon = SUPPORTED) -> Json:
    """Return a symbol's latest prediction: a signal, and how likely its price is higher one horizon later.

    200 with `_mock: true`, `status: "DEMO"`, `fallback: true` and HOLD when Redis is down or nothing is known
    yet. An answer older than 5 s is `stale`: HOLD, `fallback`, `advisory`. 404 for a symbol that is not among
    the known ones. So many predictions a minute for each user and address, 60 by default; then 429.

    `price_target` is the median price one horizon later if the probability is right and moves are normal:
    price · exp(vol · √horizon_s · Φ⁻¹(prob)), with vol the volatility per second of the last 300 s
    (`vol_300s` of the features) and Φ⁻¹ the inverse of the normal distribution; `prob` counts as 0.001 to
    0.999. It is no promise: half of all outcomes lie on either side. Null for a stale, fallback or DEMO one.
    """
    if h != SUPPORTED:
        context.metrics.unanswered("refused")
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
    context.metrics.answered(shown)
    return Json(shown)


def _unknown(context: Context, name: str) -> Json:
    context.metrics.unanswered("unknown_symbol")
    return unknown(context, name)


def _demo(context: Context, name: str, why: str) -> Json:
    context.metrics.unanswered("demo")
    return Json(demo(name, context.clock(), why))


@router.get("/ml/predict_deep", responses=answers(NotAvailable))
def predict_deep(_: Limited, context: Ctx, symbol: SymbolQuery) -> Json:
    """Return the deep model's prediction; there is none yet, so `available` is false."""
    message = "There is no deep model yet; /ml/predict answers with the active one."
    return Json(not_available(normal(symbol), context.clock(), "no_model", message))


@router.get("/ml/predict_ensemble", responses=unknown_symbol(Ensemble | NotAvailable))
def predict_ensemble(_: Limited, context: Ctx, symbol: SymbolQuery) -> Json:
    """Return what the ensemble says of a symbol: the weighted mean of its members' probabilities.

    It is `available` while the flow asks its members: as the active model, or as the challenger, whose word
    is advisory: `role` says which. Otherwise `message` names the commands that bring it in. DEMO, `_mock`
    and `fallback` when Redis is down, nothing is known, or the answer is older than 5 s.
    """
    name, now = normal(symbol), context.clock()
    try:
        found = context.reader.symbol(name)
    except RedisDownError:
        context.metrics.errors.labels("redis").inc()
        return Json(not_available(name, now, "redis_down", "Redis does not answer."))
    if found is None:
        return unknown(context, name) if known_symbols(context) else _nothing_known(name, now)
    full = answer(found, found["shard"], now, context.settings.stale_after_s)
    said = ensemble_answer(found, full)
    return Json(said or not_available(name, now, "not_in_use", _NOT_IN_USE))


def _nothing_known(name: str, now: int) -> Json:
    return Json(not_available(name, now, "nothing_known", "Nothing has been published yet."))
