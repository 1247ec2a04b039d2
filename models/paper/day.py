"""The daily loss limit of one book: what the day began with, and what has been said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.paper.costs import Costs
from models.paper.money import UNIT

NEAR, LIMIT = "near_limit", "limit"

_MARGIN = 0.001  # of the equity: far above what floats lose, far below what a day may lose


class Day:
    """One UTC day; a limit that was reached stays reached until it ends, whatever the flag says later."""

    def __init__(self, costs: Costs, saved: Mapping[str, Any] | None = None) -> None:
        kept = saved or {}
        self._costs = costs
        self.opened: int = kept.get("opened", costs.start)
        self.near: bool = kept.get("near", False)
        self.reached: bool = kept.get("reached", False)

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as plain data."""
        return {"opened": self.opened, "near": self.near, "reached": self.reached}

    def begin(self, equity: int) -> None:
        """Begin another day."""
        self.opened, self.near, self.reached = equity, False, False

    def check(self, equity: int, limit: int | None) -> list[str]:
        """Return which bounds this equity is the first of the day to reach, the nearer one first."""
        if limit is None:
            return []
        loss, found = equity - self.opened, []
        if not self.near and loss <= self._costs.near(limit):
            self.near, found = True, [NEAR]
        if not self.reached and loss <= limit:
            self.reached = True
            found.append(LIMIT)
        return found

    def alarm(self, limit: int | None) -> float:
        """Return an equity in money, as a float, above which no check can find anything new."""
        if limit is None or self.reached:
            return float("-inf")
        bound = self.opened + (limit if self.near else self._costs.near(limit))
        return (bound + self.opened * _MARGIN) / UNIT + 0.01
