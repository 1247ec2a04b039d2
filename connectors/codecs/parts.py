"""Putting a batch together: the ticks of both paths in log order, over one symbol table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from connectors.codecs import fields
from connectors.codecs.columns import Columns
from connectors.codecs.items import FieldError
from models.ticks import Bools, Floats, Ints, Symbol, Ticks

_UNNAMED = -1
_TYPES = ("i8", "i8", "i8", "i8", "f8", "f8", "i1", "i8")


class Part(NamedTuple):
    """Some ticks of a batch, in log order; the fields of ``Ticks`` as parallel arrays."""

    record: Ints
    place: Ints
    symbol: Ints
    ts: Ints
    price: Floats
    qty: Floats
    side: npt.NDArray[np.int8]
    trade_id: Ints

    def moved(self, records: int) -> Part:
        """Return the part as one of a list with so many records before."""
        return self._replace(record=self.record + records)


Row: TypeAlias = tuple[int, int, int, int, float, float, int, int]
"""(record, place, symbol, ts, price, qty, side, trade id)"""


class SymbolTable:
    """Numbers the instruments of one batch."""

    def __init__(self) -> None:
        self._numbers: dict[Symbol, int] = {}
        self._spellings = _Spellings(self)

    def number(self, symbol: Symbol) -> int:
        """Return the instrument's number, a new one at its first mention."""
        return self._numbers.setdefault(symbol, len(self._numbers))

    def numbers(self, keys: Sequence[tuple[str | None, str]]) -> Ints:
        """Return the numbers of (venue, name) pairs as a feed spells them, -1 where one is not acceptable."""
        return np.fromiter(map(self._spellings.__getitem__, keys), np.int64, len(keys))

    def close(self, part: Part) -> Ticks:
        """Make ``Ticks`` of all that was read, over a table of the instruments that occur in it."""
        used = np.bincount(part.symbol, minlength=len(self._numbers)) > 0
        numbers = np.cumsum(used) - 1
        names = tuple(name for name, occurs in zip(self._numbers, used, strict=True) if occurs)
        return Ticks(*part._replace(symbol=numbers[part.symbol]), symbols=names)


class _Spellings(dict[tuple[str | None, str], int]):
    def __init__(self, table: SymbolTable) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, key: tuple[str | None, str]) -> int:
        try:
            number = self._table.number(Symbol(fields.venue(key[0]), fields.symbol(key[1])))
        except FieldError:
            number = _UNNAMED
        self[key] = number
        return number


def part_of_columns(records: Ints, columns: Columns, symbols: SymbolTable) -> tuple[Part, Bools]:
    """Return the good rows as a part, and which rows those are."""
    numbers = symbols.numbers(columns.keys)
    good = columns.good & (numbers != _UNNAMED)
    part = Part(records, np.zeros_like(records), numbers, *columns[1:-1])
    return (part if good.all() else _chosen(part, good)), good


def part_of_rows(rows: Sequence[Row]) -> Part:
    """Return rows as a part, also none."""
    arrays = list(zip(*rows, strict=True)) or [()] * len(_TYPES)
    return Part(*(np.array(values, dtype) for values, dtype in zip(arrays, _TYPES, strict=True)))


def join(parts: Sequence[Part]) -> Part:
    """Merge parts into log order; the ticks of one record all come from one part and keep their order."""
    if len(parts) == 1:
        return parts[0]
    whole = Part(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
    if (np.diff(whole.record) >= 0).all():
        return whole
    return _chosen(whole, np.argsort(whole.record, kind="stable"))


def _chosen(part: Part, rows: npt.NDArray[np.generic]) -> Part:
    return Part(*(array[rows] for array in part))
