"""Exact amounts as integers: prices, quantities and money, their texts and how they round.

One unit of money is 1e-8 of the quote currency, of a quantity 1e-8 of the base, of a price 1e-12 of quote per
base. Nothing rounds in favour of the account: see ``models/paper/costs.py``.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal

PLACES = 8
PRICE_PLACES = 12
UNIT: int = 10**PLACES
WORTH: int = 10**PRICE_PLACES
"""A quantity times a price, both in units, is this many times the money they are worth in units."""

_EXACT = Context(prec=60)


def price_units(price: float) -> int:
    """Return a price in units, half to even: the decimal number that it prints as, not its binary value."""
    return _units(float.__repr__(price), PRICE_PLACES, ROUND_HALF_EVEN)


def money_units(amount: float | str) -> int:
    """Return money in units, rounded towards zero; raise ``ValueError`` where it is no number."""
    text = amount if isinstance(amount, str) else repr(amount)
    try:
        return _units(text, PLACES, ROUND_DOWN)
    except (ArithmeticError, ValueError) as error:
        raise ValueError(f"'{text}' is no amount of money: write a number such as 1000 or 12.5") from error


def _units(text: str, places: int, rounding: str) -> int:
    return int(Decimal(text).scaleb(places, _EXACT).to_integral_value(rounding, _EXACT))


def amount_text(units: int) -> str:
    """Return money or a quantity as a decimal text with all eight places."""
    whole, part = divmod(abs(units), UNIT)
    return f"{'-' if units < 0 else ''}{whole}.{part:0{PLACES}d}"


def price_text(units: int) -> str:
    """Return a price as its shortest exact decimal text."""
    whole, part = divmod(units, WORTH)
    return f"{whole}.{part:0{PRICE_PLACES}d}".rstrip("0").rstrip(".")


def ceiling(numerator: int, denominator: int) -> int:
    """Return the quotient rounded up."""
    return -(-numerator // denominator)


def half_even(numerator: int, denominator: int) -> int:
    """Return the quotient rounded to the nearest whole number, halves to the even one."""
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1))
