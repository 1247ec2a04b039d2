"""The dense grid on which features are computed, and the units in which it counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.ticks import Floats, Ints

LOG_UNIT = 1e-12
MINUTE = 61
"""Width of a history of running sums whose windows reach back up to 60 seconds."""
FIVE_MINUTES = 301


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of ``symbols`` x ``n`` consecutive seconds; values carried forward where there was no trade."""

    codes: Ints  # (symbols,)
    second: Ints  # (symbols, n), as all below
    close: Floats
    high: Floats  # -inf without a trade
    low: Floats  # +inf without a trade
    lots: Ints
    signed: Ints
    notional: Floats
    count: Ints
    age: Floats  # seconds from the last trade to the window end
    price_unit: Floats  # (symbols,) power of ten at or below the symbol's first price


def quantised_log(price: Floats) -> Ints:
    """Return the natural logarithm of prices in units of 1e-12."""
    return np.rint(np.log(price) / LOG_UNIT).astype(np.int64)


def share(part: Ints, whole: Ints) -> Floats:
    """Return ``part / whole`` of integers, 0 where the whole, which is never negative, is 0."""
    return np.asarray(part / np.maximum(whole, 1))
