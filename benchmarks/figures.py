"""Single figures: bounds on them, their percentiles, and how they are written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A bound on the ratio, or on our own figure."""

    bound: float
    of: str = "ratio"  # or "ours"
    at_least: bool = True

    def met(self, ours: float, ratio: float | None) -> bool:
        """Return whether the figure is inside the bound."""
        value = ours if self.of == "ours" else ratio
        assert value is not None, "a target on a ratio needs something to compare with"
        return value >= self.bound if self.at_least else value <= self.bound

    def text(self, unit: str) -> str:
        """Return the bound for people."""
        return f"{'≥' if self.at_least else '≤'} {self._words(self.bound, self.bound, unit)}"

    def reached(self, ours: float, ratio: float | None, unit: str) -> str:
        """Return the figure that the bound is on, for people."""
        return self._words(ours, ratio, unit)

    def _words(self, ours: float, ratio: float | None, unit: str) -> str:
        return f"{ratio:.2f} of it" if self.of == "ratio" else f"{figure(ours)} {unit}"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` of the values do not exceed."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def figure(value: float) -> str:
    """Return a number with as many digits as say something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
