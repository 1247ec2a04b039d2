"""Quantities as whole lots, by the bands of a symbol's first price."""

from __future__ import annotations

from decimal import Decimal

LOT_LIMIT = 2**53


def digits_of(price: float) -> int:
    """Return how many decimal digits a lot has."""
    for floor, digits in ((Decimal(1), 8), (Decimal("0.01"), 6), (Decimal("0.000001"), 4)):
        if Decimal(price) >= floor:
            return digits
    return 0


def lots_of(qty: float, digits: int) -> int:
    """Return a quantity in lots, to the nearest whole one, of the shortest decimal that names the double."""
    return int((Decimal(repr(qty)) * 10**digits).to_integral_value())
