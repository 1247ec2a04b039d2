"""Weights of the ensemble's members, tuned each hour by what they have shown over the last day.

A member's weight is its skill: by how much its log loss lies below that of always saying one half, ln 2; a
member without any keeps a small weight, so that it can show some again. Symbols count by their outcomes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log
from typing import Any

from models.desk.desk import Desk
from models.guard.inputs import CALIBRATION, Told
from models.guard.measured.monitors import qualified
from models.guard.reactions import Ask
from models.scoring.ensemble import ENSEMBLE

EVERY_S = 3_600
LOCKED_S = 86_400
"""After a phase has begun, weights stay as they are: what is measured must be one thing."""
LEAST_SKILL = 0.001
LEAST_CHANGE = 0.01
"""A smaller change of every share is not worth a command."""


class Tuning:
    """Log loss of each model and symbol over the last day; state is plain data."""

    def __init__(self, least_n_eff: float, saved: Mapping[str, Any] | None = None) -> None:
        saved = saved or {}
        self._least_n_eff = least_n_eff
        self._shown: dict[str, dict[str, list[float]]] = dict(saved.get("shown", {}))
        self._tuned: int = saved.get("tuned", 0)

    @property
    def last(self) -> int:
        """Return the second of the last look at the weights, 0 before the first."""
        return self._tuned

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {"shown": {name: dict(of) for name, of in self._shown.items()}, "tuned": self._tuned}

    def take(self, found: Iterable[Told]) -> None:
        """Follow the calibration records."""
        for told in found:
            day = told.body["windows"]["24h"] if told.topic == CALIBRATION else None
            if day is not None and day["log_loss"] is not None:
                of_model = self._shown.setdefault(told.body["reference"], {})
                of_model[qualified(told.body)] = [day["n_eff"] or 0.0, day["n"], day["log_loss"]]

    def ask(self, second: int, desk: Desk, phase_began: int) -> Ask | None:
        """Return the weights to be set, once an hour, if they are others than those in force."""
        in_use = ENSEMBLE in (desk.model, desk.challenger)
        if not in_use or second - self._tuned < EVERY_S or second - phase_began < LOCKED_S:
            return None
        self._tuned = second
        skills = {name: self._skill(name) for name in desk.members}
        known = {name: skill for name, skill in skills.items() if skill is not None}
        if len(known) < len(skills):
            return None
        wanted, now = _shares(known), _shares(desk.members)
        if max(abs(wanted[name] - now[name]) for name in wanted) < LEAST_CHANGE:
            return None
        return Ask("weights.set", {"members": wanted, "reason": "tuned by the last day's log loss"})

    def _skill(self, name: str) -> float | None:
        """Return a member's skill, None where too little is known of it."""
        shown = self._shown.get(name, {}).values()
        n = sum(count for _, count, _ in shown)
        if sum(effective for effective, _, _ in shown) < self._least_n_eff or not n:
            return None
        loss = sum(count * log_loss for _, count, log_loss in shown) / n
        return max(log(2.0) - loss, LEAST_SKILL)


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {name: round(weight / total, 4) for name, weight in sorted(weights.items())}
