"""Which kills and disturbances come: aimed evenly, the rest by chance, all of it from a seed."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from connectors.failpoints import POINTS
from flows.chaos.plan import COMMIT, COMMITS, HIGHEST, RANDOM, STARTING, Kill, disturbances, kills

AIMED = [*POINTS, COMMIT]


def drawn(count: int, seed: int = 1) -> list[Kill]:
    """Return the kills of a run."""
    return list(kills(count, AIMED, random.Random(seed)))


@pytest.mark.parametrize("count", [1, 10, 100, 1_000])
def test_there_are_as_many_kills_as_asked_for_four_fifths_of_them_aimed(count: int) -> None:
    """The others come at random or during a start."""
    places = Counter(kill.where for kill in drawn(count))
    assert places.total() == count
    assert sum(places[where] for where in AIMED) == round(count * 0.8)
    assert places.keys() <= {*AIMED, RANDOM, STARTING}


@pytest.mark.parametrize("count", [20, 100, 1_000])
def test_each_place_is_aimed_at_as_often_as_the_others(count: int) -> None:
    """But for one, where it does not come out even."""
    places = Counter(kill.where for kill in drawn(count))
    often = {places[where] for where in AIMED}
    assert max(often) - min(often) <= 1


def test_a_place_is_passed_a_few_times_before_the_process_dies_there() -> None:
    """At every number of passings up to the highest of its kind, so that no first one is special."""
    found, highest = drawn(10_000), HIGHEST | {COMMIT: COMMITS}
    for where in AIMED:
        most = highest.get(where) or highest[where.partition(".")[0]]
        assert {kill.count for kill in found if kill.where == where} == {*range(1, most + 1)}
    assert {kill.count for kill in found if kill.where in (RANDOM, STARTING)} == {1}


def test_a_seed_decides_everything() -> None:
    """The same again from the same, another order from another."""
    assert drawn(100) == drawn(100)
    assert drawn(100) != drawn(100, seed=2)


def test_a_kill_at_a_failpoint_is_a_setting_and_others_are_none() -> None:
    """In the form that FAILPOINT takes."""
    assert Kill("journal.sent", 3).failpoint == "journal.sent:3"
    assert [Kill(where, 3).failpoint for where in (RANDOM, STARTING, COMMIT)] == ["", "", ""]


def test_disturbances_come_in_turn_one_for_so_many_kills() -> None:
    """Each of them, as often as the others, in an order by chance."""
    names = ["a", "b", "c"]
    found = disturbances(names, 4, 24, random.Random(1))
    assert [*found] == [2, 6, 10, 14, 18, 22]
    assert Counter(found.values()) == {"a": 2, "b": 2, "c": 2}
    orders = {tuple(disturbances(names, 4, 12, random.Random(seed)).values()) for seed in range(50)}
    assert len(orders) == 6
    assert names == ["a", "b", "c"]


def test_where_nothing_can_be_disturbed_nothing_is() -> None:
    """And where there are too few kills."""
    assert disturbances([], 4, 100, random.Random(1)) == {}
    assert disturbances(["a"], 4, 2, random.Random(1)) == {}
