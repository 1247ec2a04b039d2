"""The stationary bootstrap (Politis and Romano 1994): a series resampled in blocks of random length."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, sqrt

import numpy as np

from models.ticks import Floats, Ints

_AT_ONCE = 200_000
"""Values drawn at a time, whatever the number of draws: few enough to stay in the processor's cache."""


def resamples(n: int, mean_block: float, draws: int, seed: int) -> Iterator[Ints]:
    """Yield ``draws`` resamples of a series (n,) as places in it, some at a time, each of shape (some, n).

    Blocks begin anywhere, have geometric lengths of mean ``mean_block`` (at least 1) and go round the end of
    the series to its beginning: a place of n or more is that of the series repeated, see ``twice``. The
    same seed gives the same draws.
    """
    rng = np.random.default_rng(seed)
    some = max(1, _AT_ONCE // n)
    for done in range(0, draws, some):
        yield _places(min(some, draws - done), n, 1 / mean_block, rng)


def twice(series: Floats) -> Floats:
    """Return the series repeated, which is what the places of ``resamples`` point into."""
    return np.concatenate([series, series])


def _places(rows: int, n: int, chance: float, rng: np.random.Generator) -> Ints:
    # one long line of blocks, cut at the end of each row: what a cut leaves of a block is geometric again
    size = rows * n
    if chance == 1:
        return rng.integers(0, n, (rows, n))
    begins = _begins(rows, n, chance, rng)
    lengths = np.diff(begins, append=size)
    return (np.repeat(rng.integers(0, n, len(begins)) - begins, lengths) + np.arange(size)).reshape(rows, n)


def _begins(rows: int, n: int, chance: float, rng: np.random.Generator) -> Ints:
    """Return where blocks begin: at the first place of each row, and with this chance elsewhere."""
    size = rows * n
    plenty = ceil(size * chance + 10 * sqrt(size * chance) + 10)
    ends = np.cumsum(rng.geometric(chance, plenty))
    while ends[-1] < size:
        ends = np.concatenate([ends, ends[-1] + np.cumsum(rng.geometric(chance, plenty))])
    begins = np.zeros(size, dtype=np.bool_)
    begins[::n] = begins[ends[ends < size]] = True
    return np.flatnonzero(begins)
