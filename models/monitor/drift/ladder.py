"""The levels of a PSI: its target is below 0.15, an alert comes above 0.25, a kill above 0.3.

So ``watch`` begins where the target is missed. 0.2, the bound of the promotion gate, is no level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.ticks import Floats, Ints

LEVELS = ("ok", "watch", "alert", "kill")
OK, WATCH, ALERT, KILL = range(4)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Where the levels begin."""

    watch: float = 0.15  # at it
    alert: float = 0.25  # above it
    kill: float = 0.3  # above it

    def __post_init__(self) -> None:
        if not 0.0 < self.watch < self.alert < self.kill:
            raise ValueError("the levels must rise: watch < alert < kill")

    def levels(self, values: Floats) -> Ints:
        """Return the level of each value; NaN has none, which is ok."""
        return np.asarray(
            (values >= self.watch).astype(np.int64) + (values > self.alert) + (values > self.kill)
        )
