"""The price at which a probability of a rise and the market's volatility meet: a median, not a promise."""

from __future__ import annotations

import math
from statistics import NormalDist

_NORMAL = NormalDist()
CLIPPED = 0.001
"""A probability counts as at least this and at most one minus it: certainty would mean an endless move."""


def price_target(price: float, prob: float, vol_1s: float, horizon_s: int) -> float:
    """Return price · exp(s Φ⁻¹(p)), s = vol_1s · √horizon: the median price one horizon later.

    Where the log return over the horizon is normal with standard deviation s, P(return > 0) = p puts its
    median at s Φ⁻¹(p), with Φ the standard normal distribution function. It is the inversion of N(d2), the
    chance that a price ends above the strike (Hull, Options, Futures, and Other Derivatives, on binary
    options). ``vol_1s`` is the root mean square of 1 s log returns, scaled by the square root of time, which
    takes them as uncorrelated: where trades bounce between bid and ask it says too much, so the target is
    rather too far from the price than too near.
    """
    bounded = min(max(prob, CLIPPED), 1.0 - CLIPPED)
    return price * math.exp(vol_1s * math.sqrt(horizon_s) * _NORMAL.inv_cdf(bounded))
