"""Which features and which model the answers are made with."""

from __future__ import annotations

from fastapi import APIRouter

from api.context import Ctx
from api.http.answers import Json
from api.openapi.schemas import Version, answers
from api.shown.desks import Agreement, versions
from api.shown.freshness import Plain
from connectors.redis.reader import RedisDownError
from models.desk.references import name_of
from models.market.schema import FEATURES_VERSION
from models.scoring.stub_sine import StubSine

router = APIRouter(tags=["models"])


@router.get("/api/ml/version", responses=answers(Version))
def version(context: Ctx) -> Json:
    """Return the versions of feature schema and active model.

    Without a view (Redis down, nothing published) it is the fallback model, flagged `_mock` and DEMO. Null
    when shards differ or the active model has not scored yet.
    """
    try:
        heads = context.reader.heads()
    except RedisDownError:
        context.metrics.errors.labels("redis").inc()
        heads = {}
    body = _active(heads) if heads else {"model": StubSine.name, "modelVersion": StubSine.version}
    state = {"status": "LIVE" if heads else "DEMO", "_mock": not heads, "fallback": not heads}
    return Json({"featureVersion": FEATURES_VERSION, **body, **state})


def _active(heads: dict[str, Plain]) -> Plain:
    reference = Agreement(heads).desk("model", "model")
    model = name_of(reference) if reference else None
    return {"model": model, "modelVersion": versions(heads).get(model) if model else None}
