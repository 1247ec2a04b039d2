"""What a tick history is: one shard's records in log order, where they come from, how far one has read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np

from connectors.codecs import Decoder
from models.inputs import TickBatch
from models.ticks import MAX_RECORD_BYTES

RECORDS = 4_096
"""Records of a batch: enough to be read as columns, few enough that memory stays small."""
SPAN = 900 * 1_000_000_000
"""And what it may span, ns: every symbol has a row for each second of it, however few its records."""
MILLI = 1_000_000


class HistoryError(RuntimeError):
    """There are no ticks where they were looked for; the message says what to do."""


class TickHistory(Protocol):
    """The records of one shard, in log order. Every reading begins anew and yields the same batches."""

    @property
    def total(self) -> int | None:
        """How many records there are at most, None where that is not known before they are read."""

    @property
    def share(self) -> float | None:
        """How much of the whole the newest reading is past, from 0 to 1; None where there is no telling."""

    def batches(self) -> Iterator[TickBatch]:
        """Yield the records in batches of some thousand; offsets rise, ``seq`` is 0."""

    def sources(self) -> list[dict[str, Any]]:
        """Return what was read, as plain data that identifies it: files with sums, offsets, or a seed."""


class Raw(NamedTuple):
    """A record as it stands in the log."""

    offset: int
    ts: int  # record timestamp, ns
    value: bytes | None


def batched(records: Iterable[Raw], codec: str = "auto") -> Iterator[TickBatch]:
    """Yield records as decoded batches; timestamps are cut to milliseconds, which is what a topic keeps."""
    decoder = Decoder(codec)
    for piece in _pieces(records):
        offsets, ts, values = zip(*piece, strict=True)
        log_ts = np.array(ts, dtype=np.int64) // MILLI * MILLI
        yield TickBatch(np.array(offsets, dtype=np.int64), log_ts, values, decoder.decode(values), 0)


def _pieces(records: Iterable[Raw]) -> Iterator[list[Raw]]:
    piece: list[Raw] = []
    for record in records:
        if len(piece) == RECORDS or (piece and record.ts >= piece[0].ts + SPAN):
            yield piece
            piece = []
        piece.append(record)
    if piece:
        yield piece


def numbered(records: Iterable[tuple[int, bytes]]) -> Iterator[Raw]:
    """Number records (timestamp, value) as a topic would, without those that are too large for one."""
    fitting = (record for record in records if len(record[1]) <= MAX_RECORD_BYTES)
    return (Raw(offset, ts, value) for offset, (ts, value) in enumerate(fitting))
