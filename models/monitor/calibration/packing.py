"""A tally as few bits: only filled cells and the buckets around them, each column as wide as its values.

What can be told from other columns is taken off first: rows without an outcome are few, and sums of scores
lie near their cell's centre.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.monitor.calibration.cells import BUCKET_OF, BUCKETS, CELLS, CENTRES
from models.monitor.calibration.tally import SIDES, WIDTH, Tally
from models.monitor.calibration.units import fixed
from models.ticks import Bools, Ints

_COLUMNS = 5  # by cell
_TOTALS = (2, 1, 1, 2, 3)  # losses, hits, returns, counts of stretches and rows, signal parts
_GROUPS = _COLUMNS + 1 + len(_TOTALS)  # each with one width for its values
_MASK = (CELLS + 7) // 8
_WORD = 64
_CENTRES = fixed(CENTRES)


def pack(row: Ints) -> bytes:
    """Return the row (WIDTH,) of a tally with at least one score as bytes."""
    filled = row[:CELLS] != 0
    small = row.copy()
    tally = Tally(small)
    np.subtract(tally.prob, tally.n * _CENTRES, out=tally.prob)
    np.subtract(tally.said, tally.n, out=tally.said)
    values = small[_places(filled)]
    bits = _bits((values << 1) ^ (values >> 63))
    groups = _groups(filled)
    used = (bits * np.arange(1, _WORD + 1, dtype=np.uint8)).max(axis=1)
    width = np.maximum.reduceat(used, np.cumsum([0, *groups[:-1]]))
    kept = bits[_kept(width, groups)]
    return np.packbits(filled).tobytes() + width.tobytes() + np.packbits(kept).tobytes()


def unpack(packed: bytes) -> Ints:
    """Return the row of a tally."""
    octets = np.frombuffer(packed, np.uint8)
    filled = np.unpackbits(octets[:_MASK], count=CELLS).astype(np.bool_)
    groups = _groups(filled)
    kept = _kept(octets[_MASK : _MASK + _GROUPS], groups)
    bits = np.zeros(kept.shape, dtype=np.uint8)
    bits[kept] = np.unpackbits(octets[_MASK + _GROUPS :], count=int(kept.sum()))
    zigzag = np.packbits(bits, axis=1, bitorder="little").view("<u8").ravel()
    row = np.zeros(WIDTH, dtype=np.int64)
    odd = (zigzag & np.uint64(1)).astype(np.int64)
    row[_places(filled)] = (zigzag >> np.uint64(1)).astype(np.int64) ^ -odd
    tally = Tally(row)
    np.add(tally.said, tally.n, out=tally.said)
    np.add(tally.prob, tally.n * _CENTRES, out=tally.prob)
    return row


def _bits(values: Ints) -> npt.NDArray[np.uint8]:
    """Return the bits of whole numbers, the lowest first, shape (n, 64)."""
    octets = values.astype("<i8").view(np.uint8).reshape(-1, _WORD // 8)
    return np.unpackbits(octets, axis=1, bitorder="little")


def _kept(width: npt.NDArray[np.uint8], groups: Ints) -> Bools:
    return np.asarray(np.arange(_WORD) < np.repeat(width, groups)[:, None])


def _sides(filled: Bools) -> Bools:
    around = np.bincount(BUCKET_OF[filled], minlength=BUCKETS) > 0
    return np.asarray(around[SIDES[0]] & around[SIDES[1]])


def _places(filled: Bools) -> Ints:
    """Return where in the row the values are that are kept."""
    totals = np.ones(sum(_TOTALS), dtype=np.bool_)
    return np.flatnonzero(np.concatenate([filled] * _COLUMNS + [_sides(filled), totals]))


def _groups(filled: Bools) -> Ints:
    """Return how many values share a width, one group after the other; none is empty."""
    by_cell, by_bucket = int(filled.sum()), int(_sides(filled).sum())
    return np.array([by_cell] * _COLUMNS + [by_bucket, *_TOTALS])
