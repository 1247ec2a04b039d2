"""A profile: the rules that are watched, the phases of the rollout, the gates, and what is checked before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from models.rollout.plan import Criterion, Plan
from models.rules.rule import Rule

Criteria = tuple[Criterion, ...]


class Check(NamedTuple):
    """A line of the checklist before a start; its meaning stands in ``models.profiles.items``."""

    item: str
    requirement: str = ""


class Measure(NamedTuple):
    """A command that a person sends when a rule asks for it; the guard's role may not."""

    name: str
    cmd: str
    args: Mapping[str, Any]
    why: str
    requirement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One way of going live. Numbers and operators are the owner's where they name a requirement."""

    name: str
    title: str
    source: str  # the owner's document
    plan: Plan
    rules: tuple[Rule, ...] = ()  # its own; ``in_force`` gives all
    verdict: Mapping[str, Criteria] = field(default_factory=dict)  # gates by their names
    preflight: tuple[Check, ...] = ()
    measures: tuple[Measure, ...] = ()
    grades: Mapping[str, Criteria] = field(default_factory=dict)  # words for a figure, best first
    longest_s: Mapping[str, int] = field(default_factory=dict)  # by phase: it is judged by then at the latest

    @property
    def criteria(self) -> Criteria:
        """Return every criterion: of the phases, of the gates and of the grades."""
        groups = (phase.criteria for phase in self.plan.phases), self.verdict.values(), self.grades.values()
        return tuple(one for group in groups for criteria in group for one in criteria)

    def in_force(self, base: tuple[Rule, ...]) -> tuple[Rule, ...]:
        """Return the rules to evaluate: the base's, those of the same name replaced, the others behind."""
        own = {rule.name: rule for rule in self.rules}
        return (*(own.pop(rule.name, rule) for rule in base), *own.values())
