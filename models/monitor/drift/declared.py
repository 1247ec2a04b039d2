"""What is promised of the alarms: how often they may be false, over how many watched things together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.monitor.drift.looks import ADWIN, KS, PREVIOUS, PSI
from models.ticks import Floats

DAY_S = 86_400
SHARES = {PSI: 0.25, KS: 0.25, PREVIOUS: 0.25, ADWIN: 0.25}
"""How the declared rate is shared out among the detectors."""


@dataclass(frozen=True, slots=True)
class Declared:
    """Expected false alarms a day, all features, detectors, symbols and models together."""

    per_day: float = 1.0
    pairs: int = 10
    """Pairs of model and symbol that share the rate; with more of them than that, it no longer holds."""

    def __post_init__(self) -> None:
        if not self.per_day > 0.0 or self.pairs < 1:
            raise ValueError(
                "declare more than 0 false alarms a day, for at least one pair of model and symbol"
            )

    def hourly(self, detector: str) -> float:
        """Return the chance of a false alarm that one pair has in an hour with one detector."""
        return SHARES[detector] * self.per_day / (24.0 * self.pairs)

    def days(self, chance: Floats) -> Floats:
        """Return the days between two hours of this chance, over all pairs; infinite where it is too rare."""
        with np.errstate(divide="ignore"):
            return np.asarray(1.0 / (24.0 * self.pairs * chance))

    def delta(self, horizon_s: int, clock: int) -> float:
        """Return ADWIN's confidence: what it may err at each of its checks, one every ``clock`` horizons."""
        checks = DAY_S / (horizon_s * clock)
        return min(SHARES[ADWIN] * self.per_day / (checks * self.pairs), 0.5)
