"""The limits that the panel draws as red lines, and how long a phase lasts: by the rules and the profiles."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, NamedTuple

from connectors.config_file import ConfigError
from connectors.profile_file import FOLDER, profile_named, profile_names
from connectors.rules_file import reactions
from models.profiles.profile import Profile
from models.rules.rule import Rule

DRAWN = "spark"
"""Where no rule in force looks at a metric, its lines are those of this profile, and said to be not in force:
the owner's page that asks for the chart is the one that this profile is made from (S273)."""

_LOG = logging.getLogger(__name__)


class Limit(NamedTuple):
    """A value beyond which a rule holds, and whether that rule is in force."""

    value: float
    op: str
    severity: str  # the gravest of the rules with this value
    rule: str
    in_force: bool


class RedLines:
    """Rules and profiles as they were when the process began; empty where there are none to be read."""

    def __init__(self, base: tuple[Rule, ...] = (), profiles: dict[str, Profile] | None = None) -> None:
        self._base = base
        self._profiles = profiles or {}

    def of(self, metric: str, profile: str, times: float = 1.0) -> list[dict[str, Any]]:
        """Return the limits of a metric, least first, under a profile ("" for none), each multiplied."""
        found = _limits(self._in_force(profile), metric, in_force=True)
        found = found or _limits(self._in_force(DRAWN), metric, in_force=False)
        return [limit._asdict() | {"value": limit.value * times} for limit in found]

    def dwell_s(self, profile: str, phase: str) -> int | None:
        """Return how long a phase is dwelt in, None where it is not known."""
        found = self._profiles.get(profile)
        phases = found.plan.phases if found else ()
        return next((one.dwell_s for one in phases if one.name == phase), None)

    def _in_force(self, profile: str) -> tuple[Rule, ...]:
        found = self._profiles.get(profile)
        return found.in_force(self._base) if found else self._base


def red_lines(rules_file: Path) -> RedLines:
    """Read the rules and the profiles beside them; what cannot be read is logged, and not drawn.

    The API shows what there is: it must start where the files of the flows are not at hand.
    """
    try:
        folder = rules_file.parent / FOLDER
        profiles = {name: profile_named(folder, name) for name in profile_names(folder)}
        return RedLines(reactions(rules_file), profiles)
    except ConfigError as error:
        _LOG.warning("the panel draws no limits: %s", error)
        return RedLines()


def _limits(rules: tuple[Rule, ...], metric: str, *, in_force: bool) -> list[Limit]:
    found: dict[float, Limit] = {}
    for rule in sorted((one for one in rules if one.metric == metric), key=lambda one: one.severity):
        found.setdefault(rule.value, Limit(float(rule.value), rule.op, rule.severity, rule.name, in_force))
    return [found[value] for value in sorted(found)]
