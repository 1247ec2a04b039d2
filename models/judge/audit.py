"""Items of the ``audit`` topic: one score a symbol and five-second window, for who looks back at them."""

from __future__ import annotations

import numpy as np

from models.desk.desk import Desk
from models.desk.gate import confidence
from models.judge.bodies import Body, Row, tenth
from models.judge.heard import Said
from models.judge.panel import Scores
from models.market.block import Block
from models.scoring.scorer import FALLBACK
from models.ticks import Floats


def items(rows: list[Row], block: Block, said: Said, scores: Scores, desk: Desk) -> list[Body]:
    """Return the items of the rows at which a five-second bar ends.

    The flags ``audit_ml_bucket`` and ``audit_ml_signal_parts`` add the score's tenth and the signal's parts.
    """
    at = np.flatnonzero(block.ends_five)
    models = [said.models[i] for i in at]
    contexts = _contexts(said.prob[at], models, scores.parts[at], desk)
    return [
        rows[i].body("audit", "ml.score")
        | {
            "action": "ml.score",
            "model": model,
            "model_version": said.versions[i],
            "context": context,
            "caused_by": rows[i].cause,
        }
        for i, model, context in zip(at.tolist(), models, contexts, strict=True)
    ]


def _contexts(prob: Floats, models: list[str], parts: Floats, desk: Desk) -> list[Body]:
    found: list[Body] = [
        {"confid": c, "prob": p, "fallback": model == FALLBACK}
        for c, p, model in zip(confidence(prob).tolist(), prob.tolist(), models, strict=True)
    ]
    if desk.flags.get("audit_ml_bucket"):
        for context, bucket in zip(found, tenth(prob).tolist(), strict=True):
            context["ml_bucket"] = bucket
    if desk.flags.get("audit_ml_signal_parts"):
        for context, (rsi, macd, trend) in zip(found, parts.tolist(), strict=True):
            context["ml_signal_parts"] = {"rsi": rsi, "macd": macd, "trend": trend}
    return found
