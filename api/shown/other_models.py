"""What models beside the active one say of a symbol; their word is shown, and never one to act upon."""

from __future__ import annotations

from api.shown.answer import target
from api.shown.freshness import Plain
from models.market.schema import FEATURES_VERSION
from models.scoring.ensemble import ENSEMBLE
from models.scoring.model import HORIZON_S

_WORDS = {"shadow": "challenger", "incumbent": "incumbent"}
"""Where a signal carries another model's word, and the role in which that model says it."""


def ensemble_answer(symbol: Plain, full: Plain) -> Plain | None:
    """Return the ensemble's answer, None where the flow does not ask it.

    ``symbol`` is as in the view, ``full`` the answer to it: where the ensemble has decided, its very own.
    Its word beside the active model's is advisory, and HOLD where that one's must be.
    """
    if full["model"] == ENSEMBLE:
        return {"available": True, "role": "active", **full}
    words = ((role, symbol["signal"].get(field)) for field, role in _WORDS.items())
    found = [(role, word) for role, word in words if word and word["model"] == ENSEMBLE]
    return _beside(symbol, full, *found[0]) if found else None


def _beside(symbol: Plain, full: Plain, role: str, word: Plain) -> Plain:
    silent, prob = full["stale"] or full["killed"], word["prob"]
    said = {name: word[name] for name in ("model", "model_version", "prob")} | {
        "signal": "HOLD" if silent else word["wanted"],
        "last_signal": word["wanted"],
        "reason": full["reason"] if silent else role,
        "confid": max(prob, 1.0 - prob),
        "uncertainty": None,  # the spread of its members is published with its own signals alone
        "ml_bucket": min(int(prob * 10), 9),
        "advisory": True,
        "price_target": None if full["fallback"] else target(symbol, prob),
    }
    return {"available": True, "role": role, **full, **said}


def not_available(symbol: str, now: int, reason: str, message: str) -> Plain:
    """Return the answer of a model that has none: HOLD, fallback, advisory, and why."""
    return {
        "available": False, "role": None, "symbol": symbol, "_mock": True, "status": "DEMO", "signal": "HOLD",
        "prob": None, "confid": None, "price": None, "price_target": None, "model": None,
        "feature_version": FEATURES_VERSION, "horizon_s": HORIZON_S, "fallback": True, "advisory": True,
        "reason": reason, "message": message, "ts": now,
    }  # fmt: skip
