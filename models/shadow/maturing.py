"""Rows meet the price one horizon later: up, down, or no label; kept is the last horizon of each symbol.

The project's label: up where the price is higher, down where it is lower; a tie, and a price over
``max_age`` seconds old at either end, gives none. Records say in which seconds there were trades, which is
enough: at the end of second t, a last trade in second s is over m seconds old just where t - s >= m.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from models.market.block import DOWN, STALE, TIE, UP
from models.shadow.rows import Rows
from models.ticks import Bools, Floats, Ints

_SYMBOL = 1 << 36
"""A key is symbol * this + second: in its order, rows of a symbol stand together by time."""
_NEVER = -_SYMBOL

_COLUMNS = ("key", "traded", "price", "active", "challenger", "same")


class Matured(NamedTuple):
    """Rows whose outcome has come, one entry each."""

    second: Ints  # at which it came: one horizon behind the row
    outcome: npt.NDArray[np.int8]  # UP, DOWN, TIE or STALE
    active: Floats  # NaN, both, where the row is of no pair
    challenger: Floats
    same: Bools

    def where(self, chosen: Bools) -> Matured:
        """Return some of them."""
        return Matured(
            self.second[chosen], self.outcome[chosen], self.active[chosen], self.challenger[chosen],
            self.same[chosen],
        )  # fmt: skip


class Maturing:
    """What waits for its outcome, by symbol: at most a horizon of rows each, plain columns."""

    def __init__(self, horizon_s: int, max_age_s: int, saved: Mapping[str, Any] | None = None) -> None:
        self._horizon = horizon_s
        self._max_age = max_age_s
        self._symbols: list[str] = list(saved["symbols"]) if saved else []
        empty = (np.empty(0, np.int64),) * 2 + (np.empty(0),) * 3 + (np.empty(0, np.bool_),)
        self._kept = tuple(saved[name].copy() for name in _COLUMNS) if saved else empty

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        kept = (column.copy() for column in self._kept)
        return {"symbols": list(self._symbols), **dict(zip(_COLUMNS, kept, strict=True))}

    def step(self, rows: Rows) -> Matured:
        """Take in rows, return those that they bring to an end: the same ones however rows are cut."""
        key = self._codes(rows)[rows.code] * _SYMBOL + rows.second
        traded = np.where(rows.traded, key, _NEVER)
        fresh = (key, traded, rows.price, rows.active, rows.challenger, rows.same)
        joined = [np.concatenate(both) for both in zip(self._kept, fresh, strict=True)]
        order = np.argsort(joined[0], kind="stable")
        key, traded, *others = (column[order] for column in joined)
        traded = np.maximum.accumulate(traded)  # of another symbol, it is ages ago
        ended = np.flatnonzero(order >= len(self._kept[0]))
        matured = self._met(key, traded, others, ended)
        self._keep(key, traded, others)
        return matured

    def _codes(self, rows: Rows) -> Ints:
        known = {name: code for code, name in enumerate(self._symbols)}
        for name in rows.symbols:
            known.setdefault(name, len(known))
        self._symbols = list(known)
        return np.array([known[name] for name in rows.symbols], dtype=np.int64)

    def _met(self, key: Ints, traded: Ints, others: list[Any], ended: Ints) -> Matured:
        """Return the rows one horizon before those that ended, where there are any."""
        price, active, challenger, same = others
        begun = np.searchsorted(key, key[ended] - self._horizon)
        found = key[begun] == key[ended] - self._horizon
        begun, ended = begun[found], ended[found]
        move = price[ended] - price[begun]
        stale = np.isnan(move)
        for at in (begun, ended):
            stale |= key[at] - traded[at] >= self._max_age
        outcome = np.select([stale, move > 0, move < 0], [STALE, UP, DOWN], TIE).astype(np.int8)
        return Matured(key[ended] % _SYMBOL, outcome, active[begun], challenger[begun], same[begun])

    def _keep(self, key: Ints, traded: Ints, others: list[Any]) -> None:
        symbol = key // _SYMBOL
        newest = key[np.searchsorted(symbol, symbol, side="right") - 1]
        kept = key > newest - self._horizon
        self._kept = (key[kept], traded[kept], *(column[kept] for column in others))
