"""Training labels begin where the features of their row end: recomputed from the closes of the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from models.leakage.findings import Finding
from models.leakage.stage import COLUMNS, Table, table
from models.market.block import DOWN, TIE, UP, Closed
from models.market.features import LOG_UNIT, quantised_log
from models.market.schema import NAMES
from models.market.store import Array
from models.ticks import Ints
from models.training.rows import Rows, gather

PIECE_ROWS = 20_000
_PRICE = COLUMNS.index("price")

Gather = Callable[[Sequence[Closed], int, int], Rows]


class LabelCheck:
    """Joins training rows piece by piece, as training does, and checks each label against the closes.

    The label of the row of second s must be the move from the close of s, which ends its features, to the
    close of s + horizon, and its features those that the stage gave for s.
    """

    def __init__(self, horizon_s: int, gathered: Gather = gather) -> None:
        self._horizon_s = horizon_s
        self._gather = gathered
        self._closed: list[Closed] = []
        self._rows = 0

    def take(self, closed: Sequence[Closed], *, end: bool = False) -> tuple[int, list[Finding]]:
        """Take what was released; return how many labels were checked and what was wrong with them."""
        self._closed += [one for one in closed if one.block is not None]
        self._rows += sum(len(one.block) for one in closed if one.block is not None)
        if not self._closed or (self._rows < PIECE_ROWS and not end):
            return 0, []
        rows = self._gather(self._closed, self._horizon_s, 0)
        count, findings = self._checked(rows, table(self._closed))
        self._closed, self._rows = [], 0
        return count, findings

    def _checked(self, rows: Rows, stage: Table) -> tuple[int, list[Finding]]:
        known = np.flatnonzero(rows.label >= TIE)
        key, width = stage.second * len(rows.symbols) + stage.code, len(rows.symbols)
        own = rows.second[known] * width + rows.code[known]
        now, then = _found(key, own), _found(key, own + self._horizon_s * width)
        close = quantised_log(stage.values[:, _PRICE])
        move = close[then] - close[now]
        wrong_label = rows.label[known] != np.select([move > 0, move < 0], [UP, DOWN], TIE)
        wrong_move = rows.realised[known] != move * LOG_UNIT
        x = stage.values[now][:, : len(NAMES)]
        wrong_x = (rows.x[known].view(np.int64) != np.ascontiguousarray(x).view(np.int64)).any(axis=1)
        findings = [
            *_told("label", rows, known[wrong_label], rows.label, np.sign(move)[wrong_label]),
            *_told("realised", rows, known[wrong_move], rows.realised, (move * LOG_UNIT)[wrong_move]),
            *_told("features", rows, known[wrong_x], rows.x[:, 0], x[wrong_x, 0]),
        ]
        return len(known), findings


def _found(keys: Ints, wanted: Ints) -> Ints:
    """Return the place of each key, the last place for one that is missing."""
    return np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)


def _told(column: str, rows: Rows, places: Ints, found: Array, expected: Array) -> Iterator[Finding]:
    for place, value in zip(places.tolist(), expected.tolist(), strict=True):
        ts = (int(rows.second[place]) + 1) * 1_000_000_000
        symbol = rows.symbols[rows.code[place]]
        yield Finding("label", symbol, ts, column, float(value), float(found[place]))
