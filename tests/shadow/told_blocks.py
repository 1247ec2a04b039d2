"""Blocks with columns as a test tells them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.shadow.blocks import Blocks
from models.shadow.sums import ONE, PLACE, WIDTH, bins_of

COUNTED = {"n", "agree", "same", "ties", "stale", "fallback", "unpaired", "other", "horizons"}


def blocks_of(**columns: npt.ArrayLike) -> Blocks:
    """Return blocks from number 100 on; counts as they are, losses, bets and stakes in whole Brier scores."""
    length = max(len(np.atleast_1d(column)) for column in columns.values())
    table = np.zeros((length, WIDTH), dtype=np.int64)
    for name, column in columns.items():
        unit = 1 if name in COUNTED else ONE
        table[:, PLACE[name]] = np.rint(np.asarray(column, dtype=np.float64) * unit)
    return Blocks(100 + np.arange(length), table)


def with_bins(blocks: Blocks, arm: str, n: npt.ArrayLike, prob: npt.ArrayLike, up: npt.ArrayLike) -> Blocks:
    """Return blocks with the reliability bins (blocks, 10) of an arm."""
    table = blocks.table.copy()
    for what, each, unit in (("n", n, 1), ("prob", prob, ONE), ("up", up, 1)):
        table[:, bins_of(arm, what)] = np.rint(np.asarray(each, dtype=np.float64) * unit)
    return Blocks(blocks.first, table)
