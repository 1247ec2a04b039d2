"""What a prediction and a signal must say, as far as it can be told without running a model.

Under a kill a signal is HOLD and advisory. Where the last trade is too old, or the fallback model is the
active one, the fallback answers. It may also answer where a score was no number (``guard``), which only a
model can tell, and where a bundle was gone at a restart (``fallback``): that is taken as published.
"""

from __future__ import annotations

from typing import Any

from verifier.desk import Desk
from verifier.evidence import Said
from verifier.rules import AUDIT, FALLBACK, FALLBACKS, PREDICTIONS, SIGNALS, Rules, record_id

KILLED, GUARD, FLOOR = "killed", "guard", "confid_floor"


def held(desk: Desk, fields: dict[str, Any]) -> bool:
    """Return whether a published signal must be HOLD."""
    name, venue = str(fields.get("symbol")), str(fields.get("venue"))
    return desk.kills(name, venue, fields.get("model") == FALLBACK)


def must_say(
    topic: str, desk: Desk, age: float, rules: Rules, fields: dict[str, Any], said: Said | None = None
) -> dict[str, Any]:
    """Return fields that follow from the desk, the age of the last trade and what else the record says.

    ``said`` is the prediction of the same row, None where it is not known.
    """
    if topic == PREDICTIONS:
        model = _model(desk, age, rules, fields, guarded=True)
        return {"model": model, "fallback": model == FALLBACK, "role": "active", "id": _id(rules, fields)}
    if topic == AUDIT:
        model = said.model if said else _model(desk, age, rules, fields, guarded=True)
        return {"model": model, "context": _context(desk, model, said, fields.get("context"))}
    if topic != SIGNALS:
        return {}
    killed = held(desk, fields)
    reason = fields.get("reason")
    gone = reason == FALLBACKS and desk.model != desk.reference
    model = _model(desk, age, rules, fields, guarded=gone or reason in (GUARD, KILLED))
    answer = {"model": model, "fallback": model == FALLBACK} | _probability(fields) | _word(fields)
    if killed:
        return answer | {"reason": KILLED, "advisory": True}
    if fields.get("reason") == KILLED:
        return answer | {"reason": "any other: nothing is killed here"}
    return answer | ({"advisory": True} if model == FALLBACK else {})


def _model(desk: Desk, age: float, rules: Rules, fields: dict[str, Any], *, guarded: bool) -> str:
    """Return who must have answered; ``guarded``: the fallback may have, for a score that is no number."""
    if desk.lost or age > rules.fallback_after_s or (guarded and fields.get("model") == FALLBACK):
        return FALLBACK
    return desk.model


def _word(fields: dict[str, Any]) -> dict[str, Any]:
    """A signal is what the thresholds want, unless its reason silences it; kills are held elsewhere."""
    wanted, reason = fields.get("wanted"), str(fields.get("reason"))
    if wanted not in ("BUY", "HOLD", "SELL"):
        return {"wanted": "BUY, HOLD or SELL"}
    wanted = {"entry": "BUY", "exit": "SELL", "between": "HOLD"}.get(reason, wanted)
    signal = {KILLED: fields.get("signal"), GUARD: "HOLD", FLOOR: "HOLD"}.get(reason, wanted)
    return {"wanted": wanted, "signal": signal}


def _probability(fields: dict[str, Any]) -> dict[str, Any]:
    """A probability is a number from 0 to 1, and two fields follow from it."""
    prob: Any = fields.get("prob")
    if type(prob) not in (float, int) or not 0.0 <= prob <= 1.0:
        return {"prob": "a number from 0 to 1"}
    return {"confid": max(prob, 1.0 - prob), "ml_bucket": min(int(prob * 10), 9)}


def _context(desk: Desk, model: str, said: Said | None, found: object) -> dict[str, Any]:
    """Return the context of a score; the signal's parts are taken as published."""
    told: dict[str, Any] = found if isinstance(found, dict) else {}
    prob: Any = said.prob if said else told.get("prob")
    if type(prob) not in (float, int) or not 0.0 <= prob <= 1.0:
        return {"prob": "a number from 0 to 1"}
    context: dict[str, Any] = {"confid": max(prob, 1.0 - prob), "prob": prob, "fallback": model == FALLBACK}
    if "audit_ml_bucket" in desk.flags:
        context["ml_bucket"] = min(int(prob * 10), 9)
    if "audit_ml_signal_parts" in desk.flags:
        parts = told.get("ml_signal_parts")
        whole = isinstance(parts, dict) and parts.keys() == {"rsi", "macd", "trend"}
        context["ml_signal_parts"] = parts if whole else "rsi, macd and trend"
    return context


def _id(rules: Rules, fields: dict[str, Any]) -> str:
    plain = str(fields.get("symbol")).rpartition(":")[2]
    symbol, end = f"{fields.get('venue')}:{plain}", fields.get("ts")
    return record_id(
        "prediction", symbol, end if type(end) is int else 0, rules.horizon_s, fields.get("model"), "active"
    )
