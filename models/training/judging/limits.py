"""The limits a model must keep on its test data, as values: what the gates compare with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Operator = Literal["at_least", "above", "at_most", "below"]
SIGNS: dict[Operator, str] = {"at_least": "≥", "above": ">", "at_most": "≤", "below": "<"}


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit, strict or not as it was written."""

    operator: Operator
    threshold: float

    def holds(self, value: float) -> bool:
        """Return whether a value keeps it; NaN never does."""
        match self.operator:
            case "at_least":
                return value >= self.threshold
            case "above":
                return value > self.threshold
            case "at_most":
                return value <= self.threshold
            case "below":
                return value < self.threshold

    def __str__(self) -> str:
        return f"{SIGNS[self.operator]} {self.threshold:g}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as it stands in a card."""
        return {"operator": self.operator, "threshold": self.threshold}


@dataclass(frozen=True, slots=True)
class Gates:
    """The limits of the figures that decide; milliseconds for one row at the 95th percentile."""

    accuracy: Limit
    ece: Limit
    inference_p95_ms: Limit
