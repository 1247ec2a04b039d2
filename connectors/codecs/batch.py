"""The batch path: picks out of a large list the records that plainly hold one trade each, and reads columns.

It takes only what needs no second look and leaves every other record to ``records``, which alone decides what
is wrong with it. So a bad record costs nobody else, and the paths agree as long as what is taken here would
be taken there with the same values. For that, a record must be short and of a known *shape*, which is what is
left without its plain characters. This rules out where a typed decoder is laxer than an untyped one, in
fields it ignores: bytes that are not UTF-8, values nested without end, integers of thousands of digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from connectors.codecs import columns
from connectors.codecs.parts import Part, SymbolTable, part_of_columns

LONGEST = 640  # no interpreter setting refuses integers of fewer digits
_PLAIN = bytes(byte for byte in range(32, 127) if byte not in b"[]{}")


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of record the batch path takes."""

    begins: bytes  # first four bytes; empty for whatever begins otherwise
    shape: bytes  # the record without its plain characters
    struct: type[Any]
    columns: Callable[[list[Any]], columns.Columns]


CANONICAL = Layout(b"", b"{}", columns.Canonical, columns.canonical_columns)
BINANCE = Layout(b'{"e"', b"{}", columns.BinanceTrade, columns.binance_columns)
BINANCE_STREAM = Layout(b'{"st', b"{{}}", columns.BinanceEnvelope, columns.enveloped_columns)


@dataclass(slots=True)
class _Bin:
    layout: Layout
    decode: Callable[[bytes], Any]
    records: list[int] = field(default_factory=list)
    structs: list[Any] = field(default_factory=list)


class Batch:
    """Takes what it can out of lists of records; holds the decoders of its layouts and nothing else."""

    def __init__(self, layouts: Iterable[Layout]) -> None:
        self._decoders = [(layout, msgspec.json.Decoder(layout.struct).decode) for layout in layouts]

    def take(self, values: Sequence[bytes | None], symbols: SymbolTable) -> tuple[list[Part], list[int]]:
        """Return the ticks taken, a part for each layout, and the indices of the records left."""
        bins = {layout.begins: _Bin(layout, decode) for layout, decode in self._decoders}
        left = _fill(bins, values)
        parts = []
        for each in bins.values():
            if each.records:
                records = np.array(each.records, np.int64)
                part, good = part_of_columns(records, each.layout.columns(each.structs), symbols)
                parts.append(part)
                left.extend(records[~good].tolist())
        return parts, sorted(left)


def _fill(bins: dict[bytes, _Bin], values: Sequence[bytes | None]) -> list[int]:
    left = []
    other = bins.get(b"")
    for record, value in enumerate(values):
        each = bins.get(value[:4], other) if value else None
        if (
            not value
            or each is None
            or len(value) > LONGEST
            or value.translate(None, _PLAIN) != each.layout.shape
        ):
            left.append(record)
            continue
        try:
            each.structs.append(each.decode(value))
        except msgspec.DecodeError:
            left.append(record)
        else:
            each.records.append(record)
    return left
