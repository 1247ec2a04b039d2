"""Whether a model is so badly calibrated that its policy is to be tightened.

Simulated, one row a second and 60 s ahead, for scores of seven kinds: no false alarm in 1,400 days of
calibrated models. Scores that are 0.10 too high are found within the day, after 3 to 5 hours (median), always
but for a kind that is mostly near 0 or 1, and so cut off at 1: that is found on 96 of 100 days.
"""

from __future__ import annotations

from models.monitor.calibration.shapes import Figures


def exceeds(day: Figures | None, above: float, least_n_eff: float) -> bool:
    """Return whether a day's figures show an ECE over ``above`` that no calibrated model would have.

    To be asked at the close of each bucket: ``limit`` is rare enough for 288 looks a day, once there are
    ``least_n_eff`` effective outcomes. Both numbers are those of the rules file.
    """
    if day is None or day["ece"] is None or day["n_eff"] is None or day["n_eff"] < least_n_eff:
        return False
    return day["ece"]["value"] > max(above, day["ece"]["limit"])
