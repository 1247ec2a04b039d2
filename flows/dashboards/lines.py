"""The lines in a panel: from where on a value is to be watched (orange) or is bad (red), by the rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from models.rules.rule import Rule


class Lines(NamedTuple):
    """Where orange and red begin; ``rising``: larger values are the worse ones."""

    orange: float | None = None
    red: float | None = None
    rising: bool = True

    def steps(self) -> dict[str, Any]:
        """Return Grafana's thresholds: each colour from a value upwards."""
        if self.rising:
            found = [("green", None), ("orange", self.orange), ("red", self.red)]
        else:
            found = [("red", None), ("orange", self.red), ("green", self.orange or self.red)]
        steps = [
            {"color": colour, "value": at} for colour, at in found if at is not None or colour == found[0][0]
        ]
        if not self.rising and self.orange is None:
            steps = [step for step in steps if step["color"] != "orange"]
        return {"mode": "absolute", "steps": steps}


def lines_of(rules: Iterable[Rule], metric: str, scope: str) -> Lines:
    """Return the lines of a metric: orange at the first of its rules, red at the last.

    Raises ``ValueError`` where no rule watches it: a line would be made up.
    """
    found = [rule for rule in rules if (rule.metric, rule.scope) == (metric, scope)]
    if not found:
        raise ValueError(f"no rule watches {metric} of {scope}, so there is no line to draw")
    values = sorted({rule.value for rule in found}, reverse=not found[0].rising)
    return Lines(values[0] if len(values) > 1 else None, values[-1], found[0].rising)
