"""The cursors of a shard: they move with what is emitted, and only as they must."""

from __future__ import annotations

import pytest

from models.journal.entry import BEAT, COMMAND, Entry
from models.journal.position import Position


def test_a_position_moves_only_to_the_next_number() -> None:
    """A skipped or repeated entry ends the process."""
    for seq in (1, 3):
        with pytest.raises(AssertionError, match=f"entry {seq} emitted at 2"):
            Position(t=10, q=2).passed(Entry(1, seq, 10, BEAT), 0)


def test_a_position_takes_an_entry_only_at_its_place() -> None:
    """One tick early or late is another history."""
    for after in (9, 11):
        with pytest.raises(AssertionError, match=f"entry after {after} emitted at tick 10"):
            Position(t=10, q=2).passed(Entry(1, 2, after, BEAT), 0)


def test_a_refused_entry_leaves_the_position() -> None:
    """No cursor moves half way."""
    position = Position(t=10, c=1, q=2, j=3, g=1)
    with pytest.raises(AssertionError):
        position.passed(Entry(1, 2, 9, COMMAND, ctl_offset=5), 7)
    assert position == Position(t=10, c=1, q=2, j=3, g=1)


def test_a_snapshot_is_plain_and_goes_back_in() -> None:
    """Five integers; later moves do not reach it."""
    position = Position(t=10, c=1, q=2, j=3, g=1)
    saved = position.snapshot()
    position.passed(Entry(4, 2, 10, COMMAND, ctl_offset=5), 7)
    assert saved == {"t": 10, "c": 1, "q": 2, "j": 3, "g": 1}
    assert Position(**saved) == Position(t=10, c=1, q=2, j=3, g=1)
    assert position.snapshot() == {"t": 10, "c": 6, "q": 3, "j": 8, "g": 4}
