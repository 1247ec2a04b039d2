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
from typing import Any, NamedTuple

import msgspec
import numpy as np

from connectors.codecs import columns
from connectors.codecs.parts import Part, SymbolTable, part_of_columns
from models.ticks import Ints

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


class Picked(NamedTuple):
    """Records of one layout: their indices, and what was read of them."""

    layout: Layout
    records: Ints
    structs: list[Any]


class Batch:
    """Takes what it can out of lists of records; holds the decoders of its layouts and nothing else."""

    def __init__(self, layouts: Iterable[Layout]) -> None:
        self._layouts = {each.begins: (each, msgspec.json.Decoder(each.struct)) for each in layouts}

    def take(self, values: Sequence[bytes | None], symbols: SymbolTable) -> tuple[list[Part], list[int]]:
        """Return the ticks taken, a part for each layout, and the indices of the records left."""
        whole = self._whole(values)
        picked, left = ([whole], []) if whole else self._apart(values)
        parts = []
        for layout, records, structs in picked:
            part, good = part_of_columns(records, layout.columns(structs), symbols)
            parts.append(part)
            left.extend(records[~good].tolist())
        return parts, sorted(left)

    def _whole(self, values: Sequence[bytes | None]) -> Picked | None:
        """Return all records, read at once, where all are of one layout, as a feed's are; else None."""
        records = [value for value in values if value]
        begins = {value[:4] for value in records}
        if len(records) < len(values) or max(map(len, records)) > LONGEST:
            return None
        layout, decoder = self._layouts.get(min(begins)) or self._layouts.get(b"") or (None, None)
        if layout is None or decoder is None or not self._is_of(layout, begins):
            return None
        lines = b"\n".join(records)
        # a line break inside of a record would be one too many
        if lines.translate(None, _PLAIN) != b"\n".join([layout.shape] * len(records)):
            return None
        try:
            return Picked(layout, np.arange(len(records)), decoder.decode_lines(lines))
        except msgspec.DecodeError:
            return None

    def _is_of(self, layout: Layout, begins: set[bytes]) -> bool:
        return begins == {layout.begins} if layout.begins else begins.isdisjoint(self._layouts)

    def _apart(self, values: Sequence[bytes | None]) -> tuple[list[Picked], list[int]]:
        """Return the records of each layout, read one by one, and the indices of all others."""
        bins = {begins: _Bin(layout, each.decode) for begins, (layout, each) in self._layouts.items()}
        left = _fill(bins, values)
        return [
            Picked(each.layout, np.array(each.records, np.int64), each.structs)
            for each in bins.values()
            if each.records
        ], left


@dataclass(slots=True)
class _Bin:
    layout: Layout
    decode: Callable[[bytes], Any]
    records: list[int] = field(default_factory=list)
    structs: list[Any] = field(default_factory=list)


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
