"""The gate for one row, read off its description: one question after the other, no arrays."""

from __future__ import annotations

from typing import NamedTuple

from models.desk.desk import Desk


class Row(NamedTuple):
    """What the gate knows of one row."""

    prob: float
    guarded: bool = False
    fallback: bool = False
    killed: bool = False
    in_canary: bool = True
    bucket: float = 0.0


class Answer(NamedTuple):
    """What becomes of it."""

    signal: str
    reason: str
    advisory: bool


def decide_one(row: Row, desk: Desk) -> Answer:
    """Return the answer to one row."""
    if desk.killed or row.killed:
        return Answer("HOLD", "killed", True)
    if row.guarded:
        return Answer("HOLD", "guard", True)
    word, why = _model_says(row.prob, desk)
    if row.fallback:
        return Answer(word, "fallback", True)
    if desk.canary and not row.in_canary:
        return Answer(word, "canary_symbol", True)
    if not row.bucket < desk.fraction:
        return Answer(word, "rollout_bucket", True)
    if desk.preview:
        return Answer(word, "preview", True)
    return Answer(word, why, False)


def _model_says(prob: float, desk: Desk) -> tuple[str, str]:
    floor = desk.flags.get("ml_confid_floor", 0.0)
    if prob < floor and 1.0 - prob < floor:
        return "HOLD", "confid_floor"
    if prob >= desk.entry:
        return "BUY", "entry"
    if prob <= desk.exit:
        return "SELL", "exit"
    return "HOLD", "between"
