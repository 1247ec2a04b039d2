"""Scoring a bar that the caller brings: a read that happens to be POST. Nothing is written or remembered."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.context import Ctx
from api.http.answers import Json
from api.http.raw_body import RawBody, parsed
from api.openapi.schemas import Bar, Scored, answers, json_body
from api.shown.freshness import Plain
from models.market.schema import FEATURES_VERSION
from models.one_bar.guard import FIELDS, Breach, judged
from models.one_bar.score import Score, scored
from models.scoring.ml_fusion import MlFusion
from models.scoring.model import HORIZON_S

router = APIRouter(tags=["models"])


@router.post("/api/ml/score", responses=answers(Scored), openapi_extra=json_body(feature=Bar))
def score(context: Ctx, raw: RawBody) -> Json:
    """Say what the built-in `ml-fusion` makes of one bar alone; always `advisory`.

    The body is `{"feature": {"ts", "symbol", "tf", "o", "h", "l", "c", "v"}}`, at most 16 KB. The guard is
    closed by anything that is missing, null, no number, not finite (`NaN` and `Infinity` are understood,
    though they are no JSON) or impossible (a high below the close): then the answer is HOLD without a
    probability, `guardrail.reasons` says why, and the status is still 200. 400 for what is no JSON at all.

    A sound bar goes through the stages of the live flow as four trades: its open, the nearer extreme, the
    other one, its close. Nothing is known of what was before, so it says less than /ai/predict does.
    """
    body = parsed(raw)
    feature = body.get("feature", ...) if isinstance(body, dict) else ...
    found = [Breach("feature", "is missing")] if feature is ... else judged(feature)
    answer = None if isinstance(found, list) else scored(found)
    if answer is None:
        breaches = found if isinstance(found, list) else [Breach("feature", "its features are not finite")]
        return Json(_closed(_echo(feature, breaches), breaches, context.clock()))
    return Json(_open(_echo(feature, []), answer, context.clock()))


def _open(echo: Plain, answer: Score, now: int) -> Plain:
    """Return the answer of the model."""
    return _told(echo, now) | {
        "signal": answer.signal,
        "prob": answer.prob,
        "confid": answer.confid,
        "uncertainty": answer.uncertainty,
        "ml_bucket": answer.ml_bucket,
        "ml_signal_parts": {"rsi": answer.rsi, "macd": answer.macd, "trend": answer.trend},
        "fallback": False,
        "reason": "preview",
        "guardrail": {"passed": True, "reasons": []},
    }


def _closed(echo: Plain, breaches: list[Breach], now: int) -> Plain:
    """Return the answer of a closed guard."""
    return _told(echo, now) | {
        "signal": "HOLD",
        "prob": None,
        "confid": None,
        "uncertainty": None,
        "ml_bucket": None,
        "ml_signal_parts": None,
        "fallback": True,
        "reason": "guard",
        "guardrail": {"passed": False, "reasons": [f"{b.field} {b.why}" for b in breaches]},
    }


def _told(echo: Plain, now: int) -> Plain:
    return echo | {
        "advisory": True,
        "model": MlFusion.name,
        "model_version": MlFusion.version,
        "feature_version": FEATURES_VERSION,
        "horizon_s": HORIZON_S,
        "scored_at": now,
    }


def _echo(feature: Any, breaches: list[Breach]) -> Plain:
    """Return what was scored, null where it made no sense."""
    bad = {breach.field for breach in breaches} | ({*FIELDS} if not isinstance(feature, dict) else set())
    return {name: None if name in bad else feature[name] for name in ("symbol", "ts", "tf")}
