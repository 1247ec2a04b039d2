"""Ticks and folded journal of one shard as the one ordered input that its stages had.

An entry stands before tick ``after`` and behind tick ``after - 1``; entries at one place keep their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

from connectors.codecs.decode import Decoder
from connectors.kafka.entries import as_input
from connectors.recording.errors import RecordingError
from models.control.commands import BadCommandError
from models.inputs import Input, TickBatch
from models.journal.entry import Entry
from models.journal.fold import JournalError
from models.ticks import Ints

MS = 1_000_000


class Piece(NamedTuple):
    """Consecutive records of a tick partition, as parallel columns."""

    offsets: Ints
    ms: Ints  # record timestamps
    values: list[bytes | None]

    def between(self, start: int, stop: int) -> Piece:
        """Return some of the records."""
        return Piece(self.offsets[start:stop], self.ms[start:stop], self.values[start:stop])


def pieces(frames: Iterable[pl.DataFrame]) -> Iterator[Piece]:
    """Yield a recording's tick tables as columns."""
    for frame in frames:
        yield Piece(np.array(frame["offset"]), np.array(frame["ts_ms"]), frame["value"].to_list())


def merged(
    ticks: Iterable[Piece], journal: Iterable[Entry], decoder: Decoder, size: Callable[[], int]
) -> Iterator[Input]:
    """Yield every input in order, ticks in batches of at most ``size()`` records; the first is the genesis.

    Raises ``RecordingError`` where ticks and journal do not fit together.
    """
    waiting = _Waiting(journal)
    for piece in ticks:
        start = 0
        while start < len(piece.values):
            first = int(piece.offsets[start])
            yield from waiting.due(first)
            end = len(piece.values)
            limit = end if waiting.after is None else int(np.searchsorted(piece.offsets, waiting.after))
            stop = min(limit, start + size())
            batch = piece.between(start, stop)
            waiting.passed(first, int(batch.offsets[-1]))
            yield _decoded(batch, decoder, waiting.q)
            start = stop
    yield from waiting.due(None)


class _Waiting:
    """The entries not yet handed out, and the place that has been reached."""

    def __init__(self, journal: Iterable[Entry]) -> None:
        self._journal = iter(journal)
        self._next = next(self._journal, None)
        self._t = self._next.after if self._next else 0
        self.q = 0

    @property
    def after(self) -> int | None:
        """Return the place of the next entry, None where there is none."""
        return self._next.after if self._next else None

    def due(self, tick: int | None) -> Iterator[Input]:
        """Yield the entries before a tick; with None, all that are left."""
        while self._next is not None and (tick is None or self._next.after <= tick):
            if self._next.after != self._t:
                raise RecordingError(
                    f"journal entry {self._next.seq} stands before tick {self._next.after}, but the ticks "
                    f"have reached {self._t}: the recording is not whole"
                )
            yield _input(self._next)
            self.q = self._next.seq + 1
            self._next = next(self._journal, None)

    def passed(self, first: int, last: int) -> None:
        """Note ticks that are handed out."""
        if first < self._t:
            raise RecordingError(f"tick {first} comes where {self._t} or a later one must: not in order")
        self._t = last + 1


def _input(entry: Entry) -> Input:
    try:
        return as_input(entry)
    except (JournalError, BadCommandError, KeyError, TypeError) as error:
        raise RecordingError(
            f"journal entry {entry.seq} ({entry.kind}) cannot be read by this version ({error}): "
            "replay with the version that recorded it"
        ) from error


def _decoded(piece: Piece, decoder: Decoder, seq: int) -> Input:
    return TickBatch(piece.offsets, piece.ms * MS, piece.values, decoder.decode(piece.values), seq)
