"""What a prediction and a signal must say, as far as it can be told without running a model.

Under a kill a signal is HOLD and advisory. Where the last trade is too old, or the fallback model is the
active one, the fallback answers. It may also answer where a score was no number (``guard``), which only a
model can tell, and where a bundle was gone at a restart (``fallback``): that is taken as published.

A challenger with a share of the symbols decides for these wherever it predicted something and the last trade
is not too old; a row is the incumbent's all the same where it is guarded. What a signal says of both must be
what they predicted.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from verifier.desk import Desk
from verifier.evidence import CHALLENGER, UNSURE, Said
from verifier.rules import AUDIT, FALLBACK, FALLBACKS, PREDICTIONS, SIGNALS, Rules, record_id

INCUMBENT = "incumbent"
KILLED, GUARD, FLOOR = "killed", "guard", "confid_floor"


def held(desk: Desk, fields: dict[str, Any]) -> bool:
    """Return whether a published signal must be HOLD."""
    name, venue = str(fields.get("symbol")), str(fields.get("venue"))
    return desk.kills(name, venue, fields.get("model") == FALLBACK)


class Heard(NamedTuple):
    """The predictions of a signal's row, as far as they are known."""

    active: Said | None = None
    """The incumbent's: of the model in use, or of the fallback in its place."""
    rival: Said | float | None = UNSURE
    """The challenger's, None for nothing."""
    arm: str = ""
    """Whose answer the row's signal has."""


UNHEARD = Heard()


def must_say(
    topic: str, desk: Desk, age: float, rules: Rules, fields: dict[str, Any], heard: Heard = UNHEARD
) -> dict[str, Any]:
    """Return fields that follow from the desk, the age of the last trade and what else the record says."""
    if topic == PREDICTIONS:
        model = _model(desk, age, rules, fields, guarded=True)
        return {"model": model, "fallback": model == FALLBACK, "role": "active", "id": _id(rules, fields)}
    if topic == AUDIT:
        return _score(desk, age, rules, fields, heard)
    return _signal(desk, age, rules, fields, heard) if topic == SIGNALS else {}


def _signal(desk: Desk, age: float, rules: Rules, fields: dict[str, Any], heard: Heard) -> dict[str, Any]:
    killed = held(desk, fields)
    reason = fields.get("reason")
    arms = _arms(desk, age <= rules.fallback_after_s, fields, heard)
    if arms["arm"] == CHALLENGER:
        said = heard.rival
        model = said.model if isinstance(said, Said) else _rival(desk, fields)
    else:
        gone = reason == FALLBACKS and desk.model != desk.reference
        model = _model(desk, age, rules, fields, guarded=gone or reason in (GUARD, KILLED))
        said = heard.active
    answer = {"model": model, "fallback": model == FALLBACK} | _probability(fields, said) | _word(fields)
    answer |= arms
    if killed:
        return answer | {"reason": KILLED, "advisory": True}
    if fields.get("reason") == KILLED:
        return answer | {"reason": "any other: nothing is killed here"}
    return answer | ({"advisory": True} if model == FALLBACK else {})


def _arms(desk: Desk, fresh: bool, fields: dict[str, Any], heard: Heard) -> dict[str, Any]:
    """Return whose answer it must be, and what the two sides must say beside it.

    The challenger's on its share, where it has one; a row that is guarded whoever answers is the incumbent's.
    """
    rival, claimed = heard.rival, fields.get("arm")
    arm = INCUMBENT
    if fresh and desk.in_share(str(fields.get("symbol"))) and rival is not None:
        unsure = rival == UNSURE or fields.get("reason") in (GUARD, KILLED)
        arm = INCUMBENT if unsure and claimed == INCUMBENT else CHALLENGER
    instead = _beside("incumbent", heard.active or UNSURE) if arm == CHALLENGER else {"incumbent": None}
    lost = isinstance(rival, Said) and rival.model == FALLBACK != desk.challenger
    return {"arm": arm} | _beside("shadow", None if lost or not desk.challenger else rival) | instead


def _rival(desk: Desk, fields: dict[str, Any]) -> str:
    """Return who must have answered for the challenger, where its prediction is not known."""
    gone = fields.get("reason") == FALLBACKS and "@" in desk.challenger
    return FALLBACK if gone else desk.challenger.partition("@")[0]


def _beside(path: str, said: Said | float | None) -> dict[str, Any]:
    if isinstance(said, Said):
        return {f"{path}.model": said.model, f"{path}.prob": said.prob}
    return {path: None} if said is None else {}


def _score(desk: Desk, age: float, rules: Rules, fields: dict[str, Any], heard: Heard) -> dict[str, Any]:
    """The score of a row is that of its signal; taken as published where either may have decided."""
    said = heard.rival if heard.arm == CHALLENGER else heard.active
    known = said if isinstance(said, Said) else None
    if (known is None or not heard.arm) and desk.in_share(str(fields.get("symbol"))):
        return {"context": _context(desk, str(fields.get("model")), None, fields.get("context"))}
    model = known.model if known else _model(desk, age, rules, fields, guarded=True)
    return {"model": model, "context": _context(desk, model, known, fields.get("context"))}


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


def _probability(fields: dict[str, Any], said: Said | float | None) -> dict[str, Any]:
    """A probability is a number from 0 to 1, that of the prediction; two fields follow from it."""
    prob: Any = said.prob if isinstance(said, Said) else fields.get("prob")
    if type(prob) not in (float, int) or not 0.0 <= prob <= 1.0:
        return {"prob": "a number from 0 to 1"}
    return {"prob": prob, "confid": max(prob, 1.0 - prob), "ml_bucket": min(int(prob * 10), 9)}


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
