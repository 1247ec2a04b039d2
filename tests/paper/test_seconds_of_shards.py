"""Lining up shards: whoever arrives first, and however often it is read again, the seconds are the same."""

from __future__ import annotations

import random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.inputs import Cause
from models.paper.inputs import Frame, Quote, Second
from models.paper.merge import Merge, MergeError, Start


class Said(NamedTuple):
    """A record of a shard: a signal of a second, or (where ``symbol`` is empty) progress to it."""

    second: int
    symbol: str = ""


Logs = dict[str, list[Said]]


def quote(symbol: str, second: int) -> Quote:
    """Return a quote that no other second has."""
    return Quote(symbol, float(second), None, 0, "between", "m")


def begin(logs: Logs) -> dict[str, Start]:
    """Return the start in front of everything."""
    return dict.fromkeys(logs, Start(0, False, 0, 0, 0))


class Reader:
    """Feeds a merge from logs, shard by shard, from where its starts say."""

    def __init__(self, logs: Logs, starts: dict[str, Start]) -> None:
        self.merge = Merge(starts)
        self._signals = {s: [r for r in log if r.symbol] for s, log in logs.items()}
        self._progress = {
            s: [(r.second, sum(bool(b.symbol) for b in log[:i])) for i, r in enumerate(log) if not r.symbol]
            for s, log in logs.items()
        }
        self._at = {s: [starts[s].signals, starts[s].progress] for s in logs}

    def some(self, shard: str, signals: int, progress: int) -> None:
        """Read that many records of a shard's two topics."""
        at = self._at[shard]
        for ordinal in range(at[0], min(at[0] + signals, len(self._signals[shard]))):
            said = self._signals[shard][ordinal]
            self.merge.signal(shard, ordinal, ordinal, said.second, quote(said.symbol, said.second))
            at[0] = ordinal + 1
        for offset in range(at[1], min(at[1] + progress, len(self._progress[shard]))):
            second, count = self._progress[shard][offset]
            self.merge.progress(shard, offset, second, count)
            at[1] = offset + 1

    def taken(self, position: int) -> list[Second]:
        """Return all seconds that are ready from a position on."""
        found: list[Second] = []
        while (second := self.merge.next(position)) is not None:
            found.append(self.merge.take(second, 7))
            position = second + 1
        return found


def expected(logs: Logs) -> list[Second]:
    """Return the seconds that all shards have closed, from the logs alone."""
    closed = min(max((r.second for r in log if not r.symbol), default=0) for log in logs.values())
    found = []
    for second in range(closed):
        frames = [
            Frame(shard, second, quotes)
            for shard, log in sorted(logs.items())
            if (quotes := tuple(quote(r.symbol, second) for r in log if r.symbol and r.second == second))
        ]
        if frames:
            found.append(Second(second, tuple(frames), Cause(second + 1, 7)))
    return found


@st.composite
def shard_logs(draw: st.DrawFn) -> Logs:
    """Return logs of one to three shards: rows may run ahead of progress, seconds may be empty."""
    logs: Logs = {}
    for shard in ("a", "b", "c")[: draw(st.integers(1, 3))]:
        log: list[Said] = []
        second = draw(st.integers(0, 4))
        for width in draw(st.lists(st.integers(1, 3), max_size=5)):
            names = draw(st.lists(st.sampled_from(["", "X", "XY"]), min_size=width, max_size=width))
            log += [Said(second + i, name) for i, some in enumerate(names) for name in some]
            log.append(Said(second + width))
            second += width
        for place in draw(st.lists(st.integers(0, 20), max_size=4)):
            if place + 1 < len(log) and not log[place].symbol and log[place + 1].symbol:
                log[place : place + 2] = [log[place + 1], log[place]]
        logs[shard] = log
    return logs


@settings(max_examples=60)
@given(logs=shard_logs(), seed=st.integers(0, 2**16))
def test_the_seconds_do_not_depend_on_who_arrives_first(logs: Logs, seed: int) -> None:
    """Records of both topics of all shards come in pieces of any size; restarts read again what waited."""
    chance = random.Random(seed)
    reader, found, position = Reader(logs, begin(logs)), [], 0
    for _ in range(40):
        reader.some(chance.choice(sorted(logs)), chance.randint(0, 3), chance.randint(0, 2))
        found += reader.taken(position)
        position = found[-1].second + 1 if found else 0
        if chance.random() < 0.3:
            reader = Reader(logs, reader.merge.starts())
    for shard in logs:
        reader.some(shard, 100, 100)
    found += reader.taken(position)

    assert found == expected(logs)


ONE: Logs = {
    "a": [Said(1, "X"), Said(2), Said(2, "X"), Said(3), Said(3, "X"), Said(4), Said(4, "X"), Said(5)],
    "b": [Said(1, "Y"), Said(2), Said(2, "Y"), Said(3), Said(3, "Y"), Said(4), Said(4, "Y"), Said(5)],
}


def frames(second: Second) -> list[tuple[str, int, bool]]:
    """Return what is in a second: shard, second and whether it is late."""
    return [(frame.shard, frame.second, frame.late) for frame in second.frames]


def test_a_shard_that_is_missing_holds_the_others_until_it_is_left_out() -> None:
    """From then on the others go on without it."""
    reader = Reader(ONE, begin(ONE))
    reader.some("a", 9, 9)
    reader.some("b", 1, 1)

    assert [frames(s) for s in reader.taken(0)] == [[("a", 1, False), ("b", 1, False)]]
    assert reader.merge.waiting_for(2) == ["b"]
    reader.merge.leave_out("b", True)
    assert [frames(s) for s in reader.taken(2)] == [[("a", n, False)] for n in (2, 3, 4)]


def test_what_it_publishes_afterwards_comes_late_with_the_first_second_behind_its_return() -> None:
    """In its own order and marked; from there on it counts again."""
    reader = Reader(ONE, begin(ONE) | {"b": Start(0, True, 0, 0, 0)})
    reader.some("a", 3, 3)
    assert [second.second for second in reader.taken(0)] == [1, 2, 3]
    reader.some("b", 2, 2)
    assert reader.merge.returned(4) == []
    reader.some("b", 1, 1)
    assert reader.merge.returned(4) == ["b"]
    reader.merge.leave_out("b", False)
    assert reader.taken(4) == []
    reader.some("a", 1, 1)
    reader.some("b", 1, 1)

    assert [frames(s) for s in reader.taken(4)] == [
        [("a", 4, False), ("b", 1, True), ("b", 2, True), ("b", 3, True), ("b", 4, False)]
    ]


def test_a_shard_that_stops_right_where_it_came_back_is_not_had_back_before_it_goes_on() -> None:
    """Else it would be left out and had back in turns, and nothing be read meanwhile."""
    reader = Reader(ONE, begin(ONE) | {"b": Start(0, True, 0, 0, 0)})
    reader.some("a", 3, 3)
    assert [second.second for second in reader.taken(0)] == [1, 2, 3]
    reader.some("b", 3, 3)
    reader.merge.leave_out("b", False)
    reader.some("a", 1, 1)
    assert reader.merge.waiting_for(4) == ["b"]

    reader.merge.leave_out("b", True)

    assert reader.merge.returned(4) == []
    reader.some("b", 1, 1)
    assert reader.merge.returned(4) == ["b"]


def test_a_second_waits_for_all_signals_that_progress_has_counted() -> None:
    """Two topics have no order among each other: progress may arrive before what it counts."""
    reader = Reader(ONE, begin(ONE))
    reader.some("b", 9, 9)
    reader.some("a", 0, 9)
    assert reader.taken(0) == []
    reader.some("a", 9, 0)

    assert [second.second for second in reader.taken(0)] == [1, 2, 3, 4]


def test_a_missing_signal_ends_it() -> None:
    """A hole in a topic is no place to trade on."""
    merge = Merge({"a": Start(0, False, 0, 0, 0)})
    merge.signal("a", 0, 0, 1, quote("X", 1))

    with pytest.raises(MergeError, match="signal 1 of a is missing: 2 comes in its place"):
        merge.signal("a", 2, 2, 2, quote("X", 2))


def test_a_start_is_in_front_of_what_waits() -> None:
    """Whatever was handed on is not read again but for the progress that closed it."""
    reader = Reader(ONE, begin(ONE))
    reader.some("a", 4, 3)
    reader.some("b", 2, 2)
    assert [second.second for second in reader.taken(0)] == [1, 2]

    assert reader.merge.starts() == {"a": Start(3, False, 2, 2, 2), "b": Start(3, False, 2, 2, 1)}


def test_a_shard_is_read_no_further_ahead_than_the_slowest_allows() -> None:
    """The slowest itself is always read, wherever the account stands: at its start it knows no time yet."""
    reader = Reader(ONE, begin(ONE))
    reader.some("a", 9, 9)
    assert not reader.merge.wanted("a", 1, 3)
    assert reader.merge.wanted("b", 1, 3)
    reader.some("b", 2, 2)

    assert (reader.merge.ready, reader.merge.wanted("a", 1, 3)) == (3, True)
    assert reader.merge.wanted("b", 1, 1)
