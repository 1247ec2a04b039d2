"""Whether a model is so badly calibrated that its policy is to be tightened.

Simulated, one row a second and 60 s ahead, for scores of seven kinds: no false alarm in 1,400 days of
calibrated models. Scores that are 0.10 too high are found within the day, after 3 to 5 hours (median), always
but for a kind that is mostly near 0 or 1, and so cut off at 1: that is found on 96 of 100 days.
"""

from __future__ import annotations

from models.monitor.calibration.shapes import Figures

HIGHEST_ECE = 0.07
LEAST_EFFECTIVE = 60.0
"""Independent outcomes below which sums are not yet normal enough for so rare a limit."""


def exceeds(day: Figures | None) -> bool:
    """Return whether a day's figures show an ECE above 0.07 that no calibrated model would have.

    To be asked at the close of each bucket: ``limit`` is rare enough for 288 looks a day.
    """
    if day is None or day["ece"] is None or day["n_eff"] is None or day["n_eff"] < LEAST_EFFECTIVE:
        return False
    return day["ece"]["value"] > max(HIGHEST_ECE, day["ece"]["limit"])
