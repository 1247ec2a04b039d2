"""Training rows: what the live stage computed at each closed second, joined to what became of the price.

Rows come from ``Market`` alone, so training sees the very features that a signal is made from. An outcome
matures one horizon later; it is looked up there and joined to the row it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from models.market.block import UNKNOWN, Closed
from models.ticks import Bools, Floats, Ints


class RowsError(ValueError):
    """Rows that cannot be made or joined; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Feature rows of all symbols, ordered by (second, code)."""

    symbols: tuple[str, ...]  # display names by code
    code: Ints
    second: Ints  # the closed second; the window ends one second later
    x: Floats  # (n, columns of schema.NAMES)
    label: npt.NDArray[np.int8]  # UP, DOWN, TIE, STALE or UNKNOWN of models.market.block
    realised: Floats  # log return over the horizon, NaN where unknown

    def __len__(self) -> int:
        return len(self.code)

    def where(self, places: Bools | Ints) -> Rows:
        """Return the rows of a mask or of rising places."""
        kept: dict[str, Any] = {name: getattr(self, name)[places] for name in _COLUMNS}
        return replace(self, **kept)

    def labelled(self) -> Rows:
        """Return the rows whose outcome is up or down."""
        return self.where(self.label >= 0)


_COLUMNS = ("code", "second", "x", "label", "realised")


def gather(closed: Iterable[Closed], horizon_s: int, warm_up_s: int) -> Rows:
    """Return the rows of one shard's history, in the order of time.

    The first ``warm_up_s`` seconds of each symbol's life are left out. Memory is about 300 bytes a row.
    Raise ``RowsError`` where no second closed.
    """
    names: list[str] = []
    pieces: list[_Piece] = []
    for one in closed:
        names = one.names
        if one.block is not None:
            pieces.append(_Piece(*(getattr(one.block, name) for name in _Piece._fields)))
    if not pieces:
        raise RowsError(
            "the history closes no second: it holds no usable trade, or less than a second of them"
        )
    return _joined(tuple(names), pieces, horizon_s, warm_up_s)


class _Piece(NamedTuple):
    """The columns of a block that are kept, so that the others can go."""

    code: Ints
    second: Ints
    x: Floats
    outcome: npt.NDArray[np.int8]
    realised: Floats


def _joined(symbols: tuple[str, ...], pieces: list[_Piece], horizon_s: int, warm_up_s: int) -> Rows:
    code, second, x, outcome, realised = (np.concatenate(column) for column in zip(*pieces, strict=True))
    order = np.lexsort((code, second))
    code, second, outcome = code[order], second[order], outcome[order]
    key = second * len(symbols) + code
    later = np.searchsorted(key, key + horizon_s * len(symbols))
    there = later < len(key)
    there[there] = key[later[there]] == key[there] + horizon_s * len(symbols)
    later = np.where(there, later, 0)
    rows = Rows(
        symbols=symbols,
        code=code,
        second=second,
        x=x[order],
        label=np.where(there, outcome[later], UNKNOWN).astype(np.int8),
        realised=np.where(there, realised[order][later], np.nan),
    )
    return rows.where(_seconds_alive(code, second, outcome) >= warm_up_s)


def _seconds_alive(code: Ints, second: Ints, outcome: npt.NDArray[np.int8]) -> Ints:
    """Return the seconds since each row's symbol began (again).

    A life begins where no row came the second before, or where outcomes are unknown again: a symbol that
    returned in the very second of its end has no gap, but no past either.
    """
    by_symbol = np.lexsort((second, code))
    c, s, unknown = code[by_symbol], second[by_symbol], outcome[by_symbol] == UNKNOWN
    follows = np.zeros(len(c), dtype=bool)
    follows[1:] = (c[1:] == c[:-1]) & (s[1:] == s[:-1] + 1) & ~(unknown[1:] & ~unknown[:-1])
    begins = np.maximum.accumulate(np.where(follows, 0, np.arange(len(c))))
    alive = np.empty(len(c), dtype=np.int64)
    alive[by_symbol] = s - s[begins]
    return alive


def join(shards: Sequence[Rows]) -> Rows:
    """Return the rows of several shards as one; raise ``RowsError`` where a symbol is on two of them.

    Codes are given anew, by name, to the symbols that have rows: the same rows come out whatever the shards.
    """
    names = [name for shard in shards for name in shard.symbols]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RowsError(
            f"{', '.join(twice)} on two shards: the producer does not key ticks by symbol; fix its key"
        )
    first = np.cumsum([0, *(len(shard.symbols) for shard in shards)])
    code = np.concatenate([s.code + b for s, b in zip(shards, first[:-1].tolist(), strict=True)])
    kept = sorted(names[i] for i in np.unique(code).tolist())
    new = np.array([kept.index(name) if name in kept else -1 for name in names], dtype=np.int64)[code]
    second = np.concatenate([shard.second for shard in shards])
    order = np.lexsort((new, second))
    columns = {n: np.concatenate([getattr(s, n) for s in shards])[order] for n in ("x", "label", "realised")}
    return Rows(tuple(kept), new[order], second[order], **columns)


def of_symbol(rows: Rows, name: str) -> Rows:
    """Return one symbol's rows; raise ``RowsError`` naming those there are."""
    if name not in rows.symbols:
        raise RowsError(f"no ticks of {name}; there are {', '.join(rows.symbols) or 'none'}")
    kept = rows.where(rows.code == rows.symbols.index(name))
    return replace(kept, symbols=(name,), code=np.zeros(len(kept), dtype=np.int64))


def last_days(rows: Rows, days: float) -> Rows:
    """Return the rows of the last ``days`` before the newest one."""
    return rows.where(rows.second > rows.second.max() - days * 86_400)
