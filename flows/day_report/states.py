"""How a figure stands by the rules of a profile: on target, beyond a first limit, or beyond a further one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from models.profiles.profile import Profile
from models.rules.rule import Rule

State = Literal["target", "warn", "critical", "no data", "no rule"]
_RED = ("P0", "P1")


def rules_of(profile: Profile, base: Sequence[Rule], metric: str) -> list[Rule]:
    """Return the rules on a metric: the profile's own, or the base's where it has none."""
    own = [rule for rule in profile.rules if rule.metric == metric]
    return own or [rule for rule in base if rule.metric == metric]


def state(rules: Sequence[Rule], value: float | None, limit: float | None = None) -> State:
    """Return how a value stands by the rules on its metric, whatever time each needs to hold.

    Beyond the first of several thresholds is ``warn``, beyond a further one ``critical``; where there is one
    threshold alone, the severity of its rule says which.
    """
    if value is None:
        return "no data"
    if not rules:
        return "no rule"
    broken = {rule.value for rule in rules if rule.holds(value, limit)}
    if not broken:
        return "target"
    if len({rule.value for rule in rules}) > 1:
        return "warn" if len(broken) == 1 else "critical"
    return "critical" if any(rule.severity in _RED for rule in rules) else "warn"
