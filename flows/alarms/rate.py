"""A counted rate against a declared one."""

from __future__ import annotations

from typing import NamedTuple

SIGNIFICANT = 0.025


class Rate(NamedTuple):
    """Alarms in a stretch of days, and per day with the exact 95 % Poisson interval.

    (Garwood: Fiducial limits for the Poisson distribution, Biometrika 28, 1936.)
    """

    alarms: int
    days: float
    declared: float
    per_day: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Return whether so many alarms are not too many for the declared rate, at 97.5 %."""
        return self.low <= self.declared


def rate_of(alarms: int, days: float, declared: float) -> Rate:
    """Return the rate of ``alarms`` in ``days``."""
    from scipy.special import gammaincinv  # noqa: PLC0415  slow to import

    low = float(gammaincinv(alarms, SIGNIFICANT)) if alarms else 0.0
    high = float(gammaincinv(alarms + 1, 1.0 - SIGNIFICANT))
    return Rate(alarms, days, declared, alarms / days, low / days, high / days)
