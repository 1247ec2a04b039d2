"""One-second bars in the one form in which all ways of making them are compared.

Prices and counts must be the same to the bit. Volumes are sums of doubles, ours exact sums of lots, so they
may differ by ``VOLUME`` of their size. The newest second of a symbol is still open when the ticks end:
whoever closes it then must have it as the others have it, and whoever waits for more ticks leaves it out.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import orjson

from benchmarks.errors import BenchmarkError

VOLUME = 1e-9
"""Relative; a million doubles summed one by one are off by less than a tenth of it."""


class Bar(NamedTuple):
    """One second of one symbol."""

    symbol: str
    second: int  # since 1970, UTC
    open: float
    high: float
    low: float
    close: float
    volume: float
    trades: int

    def like(self, other: Bar) -> bool:
        """Return whether both say the same."""
        near = abs(self.volume - other.volume) <= VOLUME * max(self.volume, other.volume)
        return near and self._replace(volume=0.0) == other._replace(volume=0.0)


def write(path: Path, bars: Iterable[Bar]) -> None:
    """Write bars as one JSON list of lists, ordered by symbol and second."""
    path.write_bytes(orjson.dumps(sorted(tuple(bar) for bar in bars)))


def read(path: Path) -> list[Bar]:
    """Return the bars of a file."""
    return [Bar(*values) for values in orjson.loads(path.read_bytes())]


def same(whole: Iterable[Bar], found: Iterable[Bar], who: str) -> int:
    """Return how many bars ``who`` found.

    ``whole`` are all bars of the same ticks, with those that are open at the end. Raises ``BenchmarkError``
    where ``found`` has another bar, or lacks one that is not the newest of its symbol.
    """
    left = {(bar.symbol, bar.second): bar for bar in whole}
    newest = set({symbol: (symbol, second) for symbol, second in sorted(left)}.values())
    count = 0
    for bar in found:
        expected = left.pop((bar.symbol, bar.second), None)
        if expected is None or not bar.like(expected):
            raise BenchmarkError(f"{who} has {bar} instead of {expected}: that is not the same work")
        count += 1
    if missing := sorted(left.keys() - newest):
        raise BenchmarkError(
            f"{who} lacks {len(missing)} bars, the first is {missing[0]}: that is not the same work"
        )
    return count
