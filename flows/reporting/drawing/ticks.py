"""Round values along an axis: steps of 1, 2 or 5 times a power of ten."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import NamedTuple


class Ticks(NamedTuple):
    """Values along an axis and how many decimals tell them apart."""

    values: tuple[float, ...]
    decimals: int

    @property
    def low(self) -> float:
        """Return the first."""
        return self.values[0]

    @property
    def high(self) -> float:
        """Return the last."""
        return self.values[-1]


def ticks_around(low: float, high: float, most: int = 6) -> Ticks:
    """Return at most ``most`` round values that enclose the two ends; ``low`` is below ``high``."""
    step, power = _next(high - low, max(2, most) - 1)
    while ceil(high / step - 1e-9) - floor(low / step + 1e-9) > max(2, most) - 1:
        step, power = _next(step * 1.01, 1)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    decimals = max(0, -power)
    values = tuple(round(place * step, decimals) for place in range(first, max(last, first + 1) + 1))
    return Ticks(values, decimals)


def _next(span: float, parts: int) -> tuple[float, int]:
    """Return the least round step that divides ``span`` into at most ``parts``, and its power of ten."""
    power = floor(log10(span / parts) + 1e-9)
    digit = next(digit for digit in (1, 2, 5, 10) if digit * 10.0**power * parts >= span * (1 - 1e-9))
    return (digit * 10.0**power, power) if digit < 10 else (10.0 ** (power + 1), power + 1)
