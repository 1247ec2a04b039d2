"""What a block of event time sums up of matured pairs; whole numbers, so that no order of adding matters.

Losses and scores are counted in units of 1 / ``ONE``. A block's sums stay far below 2**53, so that they are
exact in floating point on their way as well: there is room for 1,000 symbols.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.market.block import DOWN, STALE, TIE, UP
from models.shadow.maturing import Matured
from models.shadow.rows import FALLBACK, OTHER, UNPAIRED, Rows
from models.ticks import Bools, Floats, Ints

BLOCK_S = 600
"""Length of a block: ten horizons of 60 s."""
SHORTEST_S, LONGEST_S = 10, 120
"""Of a horizon: its pieces of a block must fit into an integer's bits, and pairs into a block."""
ONE = 2**30
LEAST_PROB = 1e-6
"""Scores are kept this far from 0 and 1 in the log loss: one bold error must not be infinite."""
BINS = 10

COUNTS = (
    "fallback", "unpaired", "other", "ties", "stale", "n", "agree", "same", "brier_active",
    "brier_challenger", "log_loss_active", "log_loss_challenger", "bet", "stake", "horizons",
)  # fmt: skip
"""Columns of one number each. Of rows by their second: fallback, unpaired, other (models of another pair).
Of pairs by the second of their outcome: all else, with ``bet`` and ``stake`` of those that began and ended
in the same block, and ``horizons``, a bit for each piece of a horizon's length in which a pair ended."""
ARMS = ("active", "challenger")
_BIN_SUMS = ("n", "prob", "up")

WIDTH = len(COUNTS) + len(ARMS) * len(_BIN_SUMS) * BINS
PLACE = {name: place for place, name in enumerate(COUNTS)}


def bins_of(arm: str, what: str) -> slice:
    """Return the columns of an arm's ten reliability bins: their ``n``, sums of ``prob`` and of ``up``."""
    first = len(COUNTS) + (ARMS.index(arm) * len(_BIN_SUMS) + _BIN_SUMS.index(what)) * BINS
    return slice(first, first + BINS)


def sums_of(rows: Rows, matured: Matured, horizon_s: int) -> tuple[int, Ints]:
    """Return the first block's number and the sums (blocks, WIDTH) of rows and of what came to its end."""
    if not len(rows):
        return 0, np.zeros((0, WIDTH), dtype=np.int64)
    own = rows.second // BLOCK_S
    first = int(own.min())
    table = np.zeros((int(own.max()) - first + 1, WIDTH), dtype=np.int64)
    for name, kind in (("fallback", FALLBACK), ("unpaired", UNPAIRED), ("other", OTHER)):
        table[:, PLACE[name]] = _counted(own[rows.kind == kind] - first, len(table))
    pairs = matured.where(np.isfinite(matured.challenger))
    place = pairs.second // BLOCK_S - first
    for name, outcome in (("ties", TIE), ("stale", STALE)):
        table[:, PLACE[name]] = _counted(place[pairs.outcome == outcome], len(table))
    judged = (pairs.outcome == UP) | (pairs.outcome == DOWN)
    _add_pairs(table, pairs.where(judged), place[judged], horizon_s)
    return first, table


def _add_pairs(table: Ints, pairs: Matured, place: Ints, horizon_s: int) -> None:
    blocks, up = len(table), (pairs.outcome == UP).astype(np.float64)
    active, challenger = pairs.active, pairs.challenger
    brier_a, brier_c = (active - up) ** 2, (challenger - up) ** 2
    inside = (pairs.second - horizon_s) // BLOCK_S == pairs.second // BLOCK_S
    columns = {
        "agree": (active >= 0.5) == (challenger >= 0.5),
        "same": pairs.same,
        "brier_active": brier_a,
        "brier_challenger": brier_c,
        "log_loss_active": _log_loss(active, pairs.outcome == UP),
        "log_loss_challenger": _log_loss(challenger, pairs.outcome == UP),
        "bet": (brier_c - brier_a) * inside,
        "stake": stake(active, challenger) * inside,
    }
    for name, values in columns.items():
        whole = values.dtype == np.bool_
        table[:, PLACE[name]] = _summed(place, values if whole else np.rint(values * ONE), blocks)
    table[:, PLACE["n"]] = _counted(place, blocks)
    table[:, PLACE["horizons"]] = _horizons(
        place, pairs.second % BLOCK_S // horizon_s, BLOCK_S // horizon_s, blocks
    )
    for arm, prob in zip(ARMS, (active, challenger), strict=True):
        _add_bins(table, arm, place, prob, up)


def stake(active: Floats, challenger: Floats) -> Floats:
    """Return the most by which the Brier scores of two probabilities can differ, whatever the outcome."""
    both = active + challenger
    return np.asarray(np.abs(challenger - active) * np.maximum(both, 2.0 - both))


def _log_loss(prob: Floats, up: Bools) -> Floats:
    return np.asarray(-np.log(np.clip(np.where(up, prob, 1.0 - prob), LEAST_PROB, 1.0)))


def _add_bins(table: Ints, arm: str, place: Ints, prob: Floats, up: Floats) -> None:
    key = place * BINS + np.clip((prob * BINS).astype(np.int64), 0, BINS - 1)
    sums = _counted(key, table.shape[0] * BINS), _summed(key, np.rint(prob * ONE), table.shape[0] * BINS)
    for what, each in zip(_BIN_SUMS, (*sums, _summed(key, up, table.shape[0] * BINS)), strict=True):
        table[:, bins_of(arm, what)] = each.reshape(-1, BINS)


def _horizons(place: Ints, piece: Ints, pieces: int, blocks: int) -> Ints:
    seen = _counted(place * pieces + piece, blocks * pieces).reshape(-1, pieces) > 0
    return np.asarray(seen @ (1 << np.arange(pieces)))


def _counted(place: Ints, size: int) -> Ints:
    return np.bincount(place, minlength=size)


def _summed(place: Ints, values: npt.NDArray[np.generic], size: int) -> Ints:
    return np.bincount(place, values, size).astype(np.int64)
