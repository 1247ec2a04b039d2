"""``Decoder``: record values of one tick topic in, ticks and what is no tick out.

A small list is read record by record, a large one mostly as columns (``batch``); the answer for a record is
the same either way and never depends on the other records, but for the numbering of the batch's symbol table.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from connectors.codecs import batch, binance, bybit, canonical, coinbase, mexc
from connectors.codecs.batch import Batch, Layout
from connectors.codecs.items import Item, Message, Reader, Trade
from connectors.codecs.parts import Part, Row, SymbolTable, join, part_of_rows
from connectors.codecs.records import read_record
from models.ticks import Decoded, Invalid, Symbol

AT_ONCE = 1_000
"""What is read of so many stays in the cache until it is columns; 20,000 at once took a third longer."""
BATCH_FROM = 16
"""Shorter lists are read record by record; measured, the two ways break even at 4 to 8 records."""

_READERS = (canonical.read, binance.read, bybit.read, coinbase.read, mexc.read)


def _any_feed(message: Message) -> list[Item] | None:
    for read in _READERS:
        items = read(message)
        if items is not None:
            return items
    return None


_CODECS: dict[str, tuple[Reader, tuple[Layout, ...]]] = {
    "auto": (_any_feed, (batch.CANONICAL, batch.BINANCE, batch.BINANCE_STREAM)),
    "canonical": (canonical.read, (batch.CANONICAL,)),
    "binance": (binance.read, (batch.BINANCE, batch.BINANCE_STREAM)),
    "bybit": (bybit.read, ()),
    "coinbase": (coinbase.read, ()),
    "mexc": (mexc.read, ()),
}
CODECS = tuple(_CODECS)


class Decoder:
    """Reads the records of one topic; holds decoders and no state, so any list may follow any other."""

    def __init__(self, codec: str = "auto") -> None:
        """Choose a feed, or ``auto`` to tell it by each message; raise ValueError for another name."""
        if codec not in _CODECS:
            raise ValueError(f"unknown codec {codec!r}: choose one of {', '.join(CODECS)}")
        self._read, layouts = _CODECS[codec]
        self._batch = Batch(layouts) if layouts else None

    def decode(self, values: Sequence[bytes | None]) -> Decoded:
        """Read record values in log order, None being a tombstone; never raise for what they hold."""
        symbols = SymbolTable()
        taken, left = self._take_all(values, symbols)
        rows, skipped, invalid = self._read_each(values, left, symbols)
        if rows or not taken:
            taken.append(part_of_rows(rows))
        return Decoded(symbols.close(join(taken)), np.array(skipped, np.int64), tuple(invalid))

    def _take_all(
        self, values: Sequence[bytes | None], symbols: SymbolTable
    ) -> tuple[list[Part], Sequence[int]]:
        if len(values) <= AT_ONCE:
            return self._take(values, symbols)
        taken: list[Part] = []
        left: list[int] = []
        for start in range(0, len(values), AT_ONCE):
            parts, others = self._take(values[start : start + AT_ONCE], symbols)
            taken += [part.moved(start) for part in parts]
            left += [start + record for record in others]
        return taken, left

    def _take(self, values: Sequence[bytes | None], symbols: SymbolTable) -> tuple[list[Part], Sequence[int]]:
        if self._batch is None or len(values) < BATCH_FROM:
            return [], range(len(values))
        return self._batch.take(values, symbols)

    def _read_each(
        self, values: Sequence[bytes | None], records: Sequence[int], symbols: SymbolTable
    ) -> tuple[list[Row], list[int], list[Invalid]]:
        rows: list[Row] = []
        skipped: list[int] = []
        invalid: list[Invalid] = []
        for record in records:
            place = 0
            for item in read_record(values[record], self._read):
                if item is None:
                    skipped.append(record)
                    continue
                if isinstance(item, Trade):
                    symbol = symbols.number(Symbol(item.venue, item.name))
                    rows.append((record, place, symbol, *item[2:]))
                else:
                    invalid.append(Invalid(record, place, *item))
                place += 1
        return rows, skipped, invalid
