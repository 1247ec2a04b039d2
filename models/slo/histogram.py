"""Mergeable histograms: fixed bounds with two significant digits, one count a bucket, empty ones left out.

Bucket ``i`` holds the values up to ``BOUNDS[i]`` and above the bound before it. A quantile is told by the
upper bound of its bucket, so it is never below the true one, and above it by at most 10 % (the step from
10 to 11). A limit of two significant digits (24, 80, 150, 1500) is itself a bound: whether a quantile is
above it is decided exactly. Plain addition of counts merges histograms of any sources, in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil

import numpy as np

from models.ticks import Floats, Ints

Histogram = dict[str, int]
"""Counts by the bucket's index as text, as in JSON; empty buckets are left out."""

_DECADES = range(-3, 6)
BOUNDS: Floats = np.array([float(f"{digits}e{e}") for e in _DECADES for digits in range(10, 100)])
"""Upper bounds, 0.01 to 9,900,000: of milliseconds 10 µs to 2.75 h, of records none to ten million."""

CONFID_BUCKETS = 100
"""Equal widths of max(p, 1 - p) from 0.5 to 1: half a percentage point each."""


def places(values: Floats) -> Ints:
    """Return the bucket of each value: the last for one above all bounds, none for NaN."""
    return np.searchsorted(BOUNDS, values[~np.isnan(values)]).clip(max=len(BOUNDS) - 1)


def confid_places(confid: Floats) -> Ints:
    """Return the bucket of each confidence, which is in [0.5, 1], by ``CONFID_BUCKETS``."""
    # the product can be a hair under a whole number where the quotient is one
    found = np.floor((confid - 0.5) * (2 * CONFID_BUCKETS) + 1e-9).astype(np.int64)
    return found.clip(0, CONFID_BUCKETS - 1)


def sparse(counts: Ints) -> Histogram:
    """Return counts by bucket as a histogram."""
    filled = np.flatnonzero(counts)
    return dict(zip(map(str, filled.tolist()), counts[filled].tolist(), strict=True))


def histogram(values: Floats) -> Histogram:
    """Return the histogram of values."""
    return sparse(np.bincount(places(values)))


def add(into: Histogram, more: Mapping[str, int]) -> None:
    """Add the counts of another histogram."""
    for place, count in more.items():
        into[place] = into.get(place, 0) + count


def merged(parts: Iterable[Mapping[str, int]]) -> Histogram:
    """Return the sum of histograms."""
    found: Histogram = {}
    for part in parts:
        add(found, part)
    return found


def total(counts: Mapping[str, int]) -> int:
    """Return how many values a histogram holds."""
    return sum(counts.values())


def quantile(counts: Mapping[str, int], share: float) -> float | None:
    """Return the upper bound of the bucket that holds a quantile, None where there is no value.

    The quantile of ``share`` is the smallest value that at least that share of all values do not exceed
    (Hyndman and Fan 1996, definition 1).
    """
    place = _place(counts, share)
    return None if place is None else float(BOUNDS[place])


def confid_median(counts: Mapping[str, int]) -> float | None:
    """Return the middle of the bucket that holds the median confidence: within 0.0025 of the true one."""
    place = _place(counts, 0.5)
    return None if place is None else round(0.5 + (place + 0.5) / (2 * CONFID_BUCKETS), 6)


def _place(counts: Mapping[str, int], share: float) -> int | None:
    left = ceil(share * total(counts) - 1e-9)  # 0.95 of 20 is 19, whatever the product's last bit says
    found = None
    for place in sorted(map(int, counts)):
        found = place
        left -= counts[str(place)]
        if left <= 0:
            break
    return found
