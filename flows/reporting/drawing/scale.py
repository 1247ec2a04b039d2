"""From values to pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.ticks import Floats


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line that takes ``low`` to pixel ``start`` and ``high`` to pixel ``stop``."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """Return the pixel of a value."""
        return self.start + (value - self.low) * (self.stop - self.start) / (self.high - self.low)

    def many(self, values: Floats) -> Floats:
        """Return the pixels of values; NaN stays NaN."""
        return self.start + (values - self.low) * (self.stop - self.start) / (self.high - self.low)


def limits(*series: Floats, least: float = 0.0) -> tuple[float, float]:
    """Return the lowest and highest finite value, at least ``least`` apart around their middle.

    Where they are one value, or there is none, they lie apart by a thousandth of it or by 1.
    """
    known = np.concatenate([values[np.isfinite(values)] for values in series])
    if not known.size:
        return -0.5, 0.5
    low, high = float(known.min()), float(known.max())
    apart = max(high - low, least) or abs(low) / 1_000 or 1.0
    middle = (low + high) / 2
    return (low, high) if high - low >= apart else (middle - apart / 2, middle + apart / 2)
