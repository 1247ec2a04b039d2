"""Ticks and journal back into one order, on small timelines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from connectors.codecs import Decoder
from connectors.recording.errors import RecordingError
from connectors.recording.merge import Piece, merged
from models.inputs import Beat, Genesis, Input, Taken, TickBatch
from models.journal.entry import Entry
from models.judge.records import Shard
from tests.recording.runs import beat, command, genesis, journal, published, ticks

Place = str | tuple[int, ...]


def a_piece(*offsets: int) -> Piece:
    """Return records at these offsets, a millisecond apart."""
    return Piece(np.array(offsets), np.array(offsets), [b"{}"] * len(offsets))


def order(pieces: Sequence[Piece], entries: Sequence[Entry], size: int = 100) -> list[tuple[Place, int]]:
    """Return each input, a batch as its offsets, with the next journal number at it."""
    return [placed(one) for one in merged(pieces, entries, Decoder(), lambda: size)]


def placed(one: Input) -> tuple[Place, int]:
    """Return what an input is and the next journal number at it."""
    if isinstance(one, TickBatch):
        assert (one.log_ts == one.offsets * 1_000_000).all()
        return tuple(one.offsets.tolist()), one.seq
    names = {Genesis: "genesis", Taken: "command", Beat: "beat"}
    return names[type(one)], one.cause.seq


def test_an_entry_stands_before_the_tick_it_names() -> None:
    """Entries at one place keep their order, and a batch never reaches over one."""
    entries = [genesis(3), command(1, 5, "kill"), beat(2, 5, 0), beat(3, 7, 0)]
    # ticks     3 4     5 6     7
    # entries G     k b     b
    assert order([a_piece(3, 4, 5, 6, 7)], entries) == [
        ("genesis", 1), ((3, 4), 1), ("command", 2), ("beat", 3), ((5, 6), 3), ("beat", 4), ((7,), 4),
    ]  # fmt: skip


def test_entries_behind_the_last_tick_come_last() -> None:
    """Beats in the silence at the end of the log, and a shard that never had a tick."""
    assert order([a_piece(0, 1)], [genesis(0), beat(1, 2, 0), beat(2, 2, 0)]) == [
        ("genesis", 1), ((0, 1), 1), ("beat", 2), ("beat", 3),
    ]  # fmt: skip
    assert order([], [genesis(9), command(1, 9, "kill")]) == [("genesis", 1), ("command", 2)]


def test_offsets_that_markers_of_transactions_took_are_passed_over() -> None:
    """A gap in the offsets of a tick topic is legal; the place is behind the tick before it."""
    assert order([a_piece(0, 1), a_piece(5, 6)], [genesis(0), beat(1, 2, 0), beat(2, 7, 0)]) == [
        ("genesis", 1), ((0, 1), 1), ("beat", 2), ((5, 6), 2), ("beat", 3),
    ]  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_batches_are_no_larger_than_asked_for(size: int) -> None:
    """And files end where they end: the ticks are the same, in order, with the same numbers."""
    found = order([a_piece(0, 1, 2, 3), a_piece(4, 5)], [genesis(0), beat(1, 3, 0)], size)
    batches = [place for place, _ in found if isinstance(place, tuple)]
    assert max(map(len, batches)) == min(size, 3)
    assert [offset for batch in batches for offset in batch] == [0, 1, 2, 3, 4, 5]
    assert [place for place, seq in found if seq == 1] == ["genesis", *[b for b in batches if b[0] < 3]]


@pytest.mark.parametrize(
    ("pieces", "entries", "why"),
    [
        ([a_piece(0, 1)], [genesis(0), beat(1, 3, 0)], "entry 1 stands before tick 3, but .* reached 2"),
        ([a_piece(0, 3)], [genesis(0), beat(1, 2, 0)], "entry 1 stands before tick 2, but .* reached 1"),
        ([a_piece(0, 1), a_piece(1, 2)], [genesis(0)], "tick 1 comes where 2"),
        ([a_piece(0, 1)], [genesis(1)], "tick 0 comes where 1"),
        (
            [],
            [replace(genesis(0), kind="model.ready")],
            "entry 0 .model.ready. cannot be read by this version",
        ),
        ([], [genesis(0), command(1, 0, "sing")], "entry 1 .command. cannot be read by this version"),
    ],
)
def test_what_does_not_fit_together_is_refused(pieces: list[Piece], entries: list[Entry], why: str) -> None:
    """Ticks missing at the end or before an entry, ticks twice, or before the genesis; unknown entries."""
    with pytest.raises(RecordingError, match=why):
        order(pieces, entries)


def test_the_size_of_batches_changes_no_output() -> None:
    """Single ticks, sevens or all between two entries: the same records, in the same order by topic."""
    shard = Shard("ticks", 0, 0)
    found = ticks(shard, count=700)
    runs = [
        sorted(published(shard, found, journal(found), size), key=lambda o: (o.topic, o.ordinal))
        for size in (1, 7, 10_000)
    ]
    assert runs[0] == runs[1] == runs[2]
    assert len(runs[0]) > 300
