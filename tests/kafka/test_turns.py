"""Shards with a backlog read in turn, one a round; all others whenever they are asked."""

from __future__ import annotations

from collections import Counter

import pytest

from connectors.kafka.turns import Turns

SHARDS = ("a", "b", "c")


def rounds(turns: Turns, count: int, *, behind: str, away: str = "") -> list[str]:
    """Ask all shards but those that are away, round by round; return who read in each."""
    found = []
    for _ in range(count):
        readers = [shard for shard in SHARDS if shard not in away and reads(turns, shard, behind)]
        found.append("".join(readers))
    return found


def reads(turns: Turns, shard: str, behind: str) -> bool:
    """Ask one shard; it gets as much as it asks for if it is behind."""
    if not turns.may_read(shard):
        return False
    turns.has_read(shard, behind=shard in behind)
    return True


def test_at_the_end_of_their_logs_all_read_always() -> None:
    """There is nothing to share."""
    assert rounds(Turns(), 3, behind="") == ["abc", "abc", "abc"]


def test_shards_that_are_behind_read_in_turn() -> None:
    """The first round finds out who is; from then on one reads a round, but where the ring begins anew."""
    assert rounds(Turns(), 9, behind="abc") == ["abc", "a", "b", "c", "", "a", "b", "c", ""]


def test_a_shard_alone_is_not_held_up() -> None:
    """It reads in every round, and so do those without a backlog."""
    assert rounds(Turns(), 3, behind="b") == ["abc", "abc", "abc"]


def test_a_shard_that_has_caught_up_leaves_the_ring() -> None:
    """From its last read on."""
    turns = Turns()
    assert rounds(turns, 3, behind="ab") == ["abc", "ac", "bc"]
    assert rounds(turns, 4, behind="b") == ["c", "ac", "abc", "abc"]


@pytest.mark.parametrize("away", SHARDS)
def test_a_turn_that_is_let_pass_goes_to_the_next(away: str) -> None:
    """Those who are there share what is left, one a round, and who comes back reads again."""
    turns = Turns()
    assert rounds(turns, 2, behind="abc") == ["abc", "a"]
    found = Counter(rounds(turns, 30, behind="abc", away=away))
    there = set(SHARDS) - {away}
    assert found.keys() == there | {""}
    assert all(found[shard] >= 7 for shard in there)
    assert away in "".join(rounds(turns, 5, behind="abc"))
