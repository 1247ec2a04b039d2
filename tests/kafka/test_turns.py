"""One shard that finds something reads a round, all in turn; those that find nothing hold nobody up."""

from __future__ import annotations

from collections import Counter

import pytest

from connectors.kafka.turns import Turns

SHARDS = ("a", "b", "c")


def rounds(turns: Turns, count: int, *, full: str, away: str = "") -> list[str]:
    """Ask all shards but those that are away, round by round; return who found something in each."""
    found = []
    for _ in range(count):
        readers = [shard for shard in SHARDS if shard not in away and reads(turns, shard, full)]
        found.append("".join(readers))
    return found


def reads(turns: Turns, shard: str, full: str) -> bool:
    """Ask one shard; it finds something if it is one of the ``full``."""
    if not turns.may_read(shard):
        return False
    turns.has_read(shard, something=shard in full)
    return shard in full


def test_shards_that_have_something_read_in_turn() -> None:
    """One a round, each in every third."""
    assert rounds(Turns(), 7, full="abc") == ["a", "b", "c", "a", "b", "c", "a"]


@pytest.mark.parametrize("full", ["a", "b", "c", "ab", "bc", "ac"])
def test_who_finds_nothing_holds_the_others_up_by_a_look_at_most(full: str) -> None:
    """Never two of them in a round, and all alike."""
    found = rounds(Turns(), 60, full=full)
    assert {*found} <= {*full, ""}
    counts = Counter("".join(found))
    assert max(counts.values()) - min(counts.values()) <= 1
    assert sum(counts.values()) >= 30


@pytest.mark.parametrize("away", SHARDS)
def test_a_turn_that_is_let_pass_goes_to_the_next(away: str) -> None:
    """Those who are there share the rounds, and who comes back reads again."""
    turns = Turns()
    assert rounds(turns, 3, full="abc") == ["a", "b", "c"]
    found = Counter("".join(rounds(turns, 30, full="abc", away=away)))
    there = set(SHARDS) - {away}
    assert found.keys() == there
    assert all(found[shard] >= 9 for shard in there)
    assert away in "".join(rounds(turns, 4, full="abc"))
