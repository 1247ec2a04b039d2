"""A rule: a metric beyond a value for some time, and what is done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from models.rules.metrics import Scope

Op = Literal[">", ">=", "<", "<="]
Severity = Literal["P0", "P1", "P2", "P3"]
Level = Literal["RED", "YELLOW"]
Action = Literal[
    "alert", "calibration.mark", "fallback", "kill", "preview", "retrain.requested", "rollback", "tighten"
]
OPS: tuple[Op, ...] = get_args(Op)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
ACTIONS: tuple[Action, ...] = get_args(Action)

UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule as it is written; strict where its operator is."""

    name: str
    metric: str
    scope: Scope
    op: Op
    value: float
    for_s: int
    severity: Severity
    actions: tuple[Action, ...]
    runbook: str  # page with anchor, from the repository's root
    args: Mapping[str, float] = field(default_factory=dict)
    requirement: str = ""  # rows of the owner's requirements, such as "S094, S240"

    @property
    def level(self) -> Level:
        """Return the owner's colour: red needs somebody now."""
        return "RED" if self.severity in ("P0", "P1") else "YELLOW"

    @property
    def rising(self) -> bool:
        """Return whether larger values are the worse ones."""
        return self.op in (">", ">=")

    def holds(self, value: float, limit: float | None) -> bool:
        """Return whether a value is beyond the rule's, and beyond the limit of what chance explains."""
        return self._beyond(value) and (limit is None or (value > limit if self.rising else value < limit))

    def _beyond(self, value: float) -> bool:
        match self.op:
            case ">":
                return value > self.value
            case ">=":
                return value >= self.value
            case "<":
                return value < self.value
            case "<=":
                return value <= self.value

    @property
    def condition(self) -> str:
        """Return the condition in words, the same for two rules only if they hold alike."""
        sustained = f" for {duration(self.for_s)}" if self.for_s else ""
        return f"{self.metric} of {self.scope} {self.op} {self.value!r}{sustained}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as it stands in the file."""
        return {
            "name": self.name, "metric": self.metric, "scope": self.scope, "op": self.op, "value": self.value,
            "for": duration(self.for_s), "severity": self.severity, "action": list(self.actions),
            "runbook": self.runbook,
            **({"args": dict(self.args)} if self.args else {}),
            **({"requirement": self.requirement} if self.requirement else {}),
        }  # fmt: skip


def duration(seconds: int) -> str:
    """Return a duration in the largest unit that divides it: 90 s is ``90s``, 180 s ``3m``."""
    unit = next(unit for unit, size in UNITS.items() if seconds % size == 0 and (seconds or unit == "s"))
    return f"{seconds // UNITS[unit]}{unit}"
