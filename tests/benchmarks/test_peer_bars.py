"""Which bars count as the same work."""

from __future__ import annotations

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.peers.bars import Bar, same

A = Bar("A", 7, 2.0, 4.0, 1.0, 3.0, 10.0, 5)
LATER, B = A._replace(second=9), A._replace(symbol="B")


def test_the_same_bars_in_any_order_are_the_same() -> None:
    """Volumes may differ as sums in different orders do; the newest bar of a symbol may be open still."""
    assert same([A, LATER, B], [B, LATER, A], "x") == 3
    assert same([A, LATER, B], [A._replace(volume=10.000_000_001)], "x") == 1


@pytest.mark.parametrize(
    "found",
    [
        [LATER, B],
        [A._replace(close=3.000_000_000_1)],
        [A._replace(trades=4)],
        [A._replace(volume=10.000_000_1)],
        [A, A],
        [A, A._replace(second=8)],
        [A, A._replace(symbol="C")],
        [A, LATER._replace(high=5.0)],
    ],
)
def test_other_bars_are_refused(found: list[Bar]) -> None:
    """A bar that is missing, wrong, twice or not there, also where it was open when the ticks ended."""
    with pytest.raises(BenchmarkError, match=r"x (has|lacks)"):
        same([A, LATER, B], found, "x")
