"""The fixed grid on which scores are counted: fine where weak models live, and never across a bucket's edge.

Widths are 0.01 in 0.4 .. 0.6, 0.02 in 0.3 .. 0.4 and 0.6 .. 0.7, and 0.05 elsewhere. Each of the ten fixed
buckets is a run of cells. Whatever needs ranks (equal mass, deciles, medians) is *defined* over cells: scores
of one cell count as equal.
"""

from __future__ import annotations

import numpy as np

from models.ticks import Floats, Ints

BUCKETS = 10
_CELLS_OF_BUCKET = (2, 2, 2, 5, 10, 10, 5, 2, 2, 2)
CELLS = sum(_CELLS_OF_BUCKET)

BUCKET_OF: Ints = np.repeat(np.arange(BUCKETS), _CELLS_OF_BUCKET)
"""The fixed bucket of each cell, shape (CELLS,)."""

_PAST: Ints = np.cumsum(_CELLS_OF_BUCKET)  # first cell behind each bucket
_FIRST: Ints = _PAST - _CELLS_OF_BUCKET

EDGES: Floats = np.array(
    [(b + i / n) / BUCKETS for b, n in enumerate(_CELLS_OF_BUCKET) for i in range(n)] + [1.0]
).round(2)
"""Lower edges of the cells and 1.0, shape (CELLS + 1,); symmetric around one half."""

CENTRES: Floats = (EDGES[1:] + EDGES[:-1]) / 2


def bucket_of(prob: Floats) -> Ints:
    """Return the fixed bucket of scores in [0, 1], any shape: ``min(int(p * 10), 9)``."""
    return np.clip((prob * BUCKETS).astype(np.int64), 0, BUCKETS - 1)


def cell_of(prob: Floats) -> Ints:
    """Return the cell of scores in [0, 1], any shape.

    An edge belongs to the cell above it. Where ``p * 10`` rounds up to a whole number, the bucket decides,
    so that cells and buckets never disagree.
    """
    bucket = bucket_of(prob)
    cell = np.searchsorted(EDGES, prob, side="right") - 1
    return np.asarray(np.clip(cell, _FIRST[bucket], _PAST[bucket] - 1))
