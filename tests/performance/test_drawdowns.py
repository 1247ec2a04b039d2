"""Falls from a peak: depth, length, and how long the last one has been going on."""

from __future__ import annotations

import numpy as np
import pytest
from made_trades import marks

from models.performance.drawdown import Drawdown, drawdown, under_water


def of(*equity: float) -> Drawdown:
    """Return the drawdown of marks ten seconds apart."""
    return drawdown(marks(len(equity), 10), np.array(equity))


@pytest.mark.parametrize(
    ("equity", "depth", "length", "longest", "open_since"),
    [
        ((100.0,), 0, 0, 0, 0),
        ((100.0, 100.0, 100.0), 0, 0, 0, 0),
        ((100.0, 101.0, 102.0), 0, 0, 0, 0),
        # peak at 10 s, back at it at 30 s
        ((100.0, 200.0, 150.0, 200.0, 210.0), 0.25, 20, 20, 0),
        # never back: from the peak at 10 s to the end
        ((100.0, 200.0, 150.0, 180.0), 0.25, 20, 20, 20),
        # flat at the peak: the fall begins at its last mark, at 20 s
        ((100.0, 200.0, 200.0, 150.0, 200.0), 0.25, 20, 20, 0),
        # the deepest fall (half) lasts 20 s, a shallow one 40 s
        ((100.0, 50.0, 100.0, 90.0, 95.0, 90.0, 100.0), 0.5, 20, 40, 0),
        # two equally deep: the first; the second is still open
        ((100.0, 50.0, 60.0, 100.0, 50.0), 0.5, 30, 30, 10),
    ],
)
def test_drawdowns_worked_out_by_hand(
    equity: tuple[float, ...], depth: float, length: float, longest: float, open_since: float
) -> None:
    """Marks ten seconds apart."""
    assert of(*equity) == Drawdown(depth, length, longest, open_since)


def test_under_water_is_never_above_the_surface() -> None:
    """Zero at each peak, the share below it elsewhere."""
    assert under_water(np.array([100.0, 120.0, 90.0, 120.0, 60.0])).tolist() == [0.0, 0.0, -0.25, 0.0, -0.5]
