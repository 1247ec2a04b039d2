"""The gate told step by step for one row: each condition in order of precedence, and what it compared.

The decision itself is the gate's (``models.desk.gate.decide``); the steps are what a person reads beside it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.desk.desk import Desk
from models.desk.gate import REASONS, SIGNALS, Scored, confidence, decide
from models.judge.deciding import masks_of, scored
from models.ticks import Symbol


class Facts(NamedTuple):
    """What the gate is told of one row."""

    name: str  # as displayed
    venue: str
    prob: float
    guarded: bool
    fallback: bool


class Decision(NamedTuple):
    """What the gate made of it, as a signal tells."""

    signal: str
    wanted: str
    reason: str
    advisory: bool


class Step(NamedTuple):
    """One condition: what was seen, when it applies, and whether it did; ``None``: it was not come to."""

    reason: str
    seen: str
    applies_when: str
    applies: bool | None


def explain(facts: Facts, desk: Desk) -> tuple[Decision, list[Step]]:
    """Return what the gate decides of a row under a desk, and the steps up to the one that decided."""
    row = _row(facts, desk)
    made = decide(row, desk)
    found = Decision(
        SIGNALS[int(made.signal[0])], SIGNALS[int(made.wanted[0])], REASONS[int(made.reason[0])],
        bool(made.advisory[0]),
    )  # fmt: skip
    return found, _steps(facts, row, desk, found.reason)


def sentence(facts: Facts, desk: Desk, decision: Decision) -> str:
    """Return in one sentence why a signal is what it is."""
    word = decision.advisory and decision.signal != "HOLD"
    kind = f"{decision.signal}, but advisory only," if word else decision.signal
    why = _WHY[decision.reason].format(
        prob=facts.prob, entry=desk.entry, exit=desk.exit, floor=desk.confid_floor, by=_killer(facts, desk),
        confid=float(confidence(np.array([facts.prob]))[0]), fraction=desk.fraction, name=facts.name,
    )  # fmt: skip
    halted = "; and no orders are placed at all: they are halted" if desk.halted else ""
    return f"{kind} because {why}{halted}."


_WHY = {
    "killed": "signals are killed ({by})",
    "guard": "a feature, the price or the score is no finite number",
    "fallback": "the model could not answer, and the fallback stands in for it",
    "canary_symbol": "the canary is on and {name} is not one of its symbols",
    "rollout_bucket": "{name} is not yet in the rollout, which is at {fraction:g} of the symbols",
    "preview": "the rollout is in preview",
    "confid_floor": "the confidence {confid:.6g} is below the floor {floor:g}",
    "entry": "the probability {prob:.6g} is not below the entry threshold {entry:g}",
    "exit": "the probability {prob:.6g} is not above the exit threshold {exit:g}",
    "between": "the probability {prob:.6g} lies between exit {exit:g} and entry {entry:g}",
}


def _row(facts: Facts, desk: Desk) -> Scored:
    symbol = Symbol(facts.venue, facts.name.rpartition(":")[2])
    masks = masks_of(desk, [facts.name], [symbol])
    said = np.array([facts.prob]), np.array([facts.guarded]), np.array([facts.fallback])
    return scored(desk, masks, np.array([0]), said)


def _steps(facts: Facts, row: Scored, desk: Desk, reason: str) -> list[Step]:
    prob, bucket = f"p = {facts.prob:.6g}", f"bucket {float(row.bucket[0]):.6g}"
    confid = f"{float(confidence(row.prob)[0]):.6g}"
    told = {
        "killed": (_killer(facts, desk) or "no kill", "all, the symbol or the model is killed"),
        "guard": ("not finite" if facts.guarded else "all finite", "a feature, price or score is not finite"),
        "fallback": (
            "stub-sine answered" if facts.fallback else "a model answered",
            "the fallback stands in",
        ),
        "canary_symbol": (_canary(desk), "the canary is on without the symbol"),
        "rollout_bucket": (bucket, f"bucket >= fraction {desk.fraction:g}"),
        "preview": ("preview" if desk.preview else "no preview", "the rollout is in preview"),
        "confid_floor": (f"confidence {confid}", f"confidence < floor {desk.confid_floor:g}"),
        "entry": (prob, f"p >= entry {desk.entry:g}"),
        "exit": (prob, f"p <= exit {desk.exit:g}"),
        "between": (prob, f"exit {desk.exit:g} < p < entry {desk.entry:g}"),
    }
    last = REASONS.index(reason)
    return [
        Step(name, *told[name], applies=None if place > last else place == last)
        for place, name in enumerate(REASONS)
    ]


def _canary(desk: Desk) -> str:
    return f"canary of {', '.join(sorted(desk.canary_symbols))}" if desk.canary else "no canary"


def _killer(facts: Facts, desk: Desk) -> str:
    """Return whose kill it is, empty where nothing of the row is killed."""
    plain = facts.name.rpartition(":")[2]
    if desk.killed:
        return f"all, by {desk.killed_by}" if desk.killed_by else "all"
    if not desk.killed_symbols.isdisjoint((plain, f"{facts.venue}:{plain}")):
        return f"symbol:{plain}"
    killed = bool(_row(facts, desk).killed[0])
    return f"model:{', '.join(sorted(desk.killed_models))}" if killed else ""
