"""A shard that is not heard of is told of, and time goes on without it until it has caught up."""

from __future__ import annotations

from typing import Any

import pytest
from guard.looks import FIRST, World, began, bodies, orders, spec
from guard.test_guard_rollouts import SMALL

from connectors.recovery.state import pack, unpack
from models.guard.guard import Guard
from models.guard.inputs import Look
from models.guard.records import ALERTS, ROLLOUT, Guarded
from models.spec import SECOND

QUIET_S = 11  # one more than the limit


@pytest.fixture
def world() -> World:
    """Two shards that have closed twenty seconds."""
    world = World()
    world.begin()
    world.seconds(20)
    return world


def silences(found: list[Guarded]) -> list[tuple[Any, ...]]:
    """Return what was told of silent shards."""
    told = bodies(found, ALERTS)
    return [(b["rule"], b["event"], b["shard"]) for b in told if b["rule"] == "shard_silent"]


def test_it_is_told_once_when_it_begins_and_once_when_it_is_over(world: World) -> None:
    """By the clock: log time stands still, so that no rule could tell."""
    guard = began(Guard(spec()))
    guard.step([world.look()])
    quiet = guard.step([world.look(at=world.at + seconds * SECOND) for seconds in (QUIET_S, QUIET_S + 1)])
    world.at += 15 * SECOND
    world.seconds(1)
    again = guard.step([world.look()])

    names = ("ticks/0000", "ticks/0001")
    assert silences(quiet) == [("shard_silent", "firing", name) for name in names]
    assert silences(again) == [("shard_silent", "resolved", name) for name in names]


def test_what_is_not_yet_read_is_no_silence(world: World) -> None:
    """A guard that was away for an hour reads an hour; nobody was silent meanwhile."""
    guard = began(Guard(spec()))
    world.at += 3_600 * SECOND
    assert silences(guard.step([world.look(read=())])) == []
    assert silences(guard.step([world.look(read=(1,))])) == [("shard_silent", "firing", "ticks/0001")]


def test_rules_go_on_for_the_others(world: World) -> None:
    """Drift beyond the limit of a shard that lives kills, though another shard is gone for good."""
    guard = began(Guard(spec()))
    guard.step([world.look()])
    world.drift(0.35)
    world.seconds(QUIET_S, shards=(0,))
    waits = guard.step([world.look()])
    world.seconds(10, shards=(0,))
    goes_on = guard.step([world.look()])

    assert silences(waits) == [("shard_silent", "firing", "ticks/0001")]
    assert orders(waits + goes_on) == [("kill", "model:ml-fusion", {})]


def test_the_age_of_what_is_not_told_is_not_known(world: World) -> None:
    """The symbols of a shard that is gone do not grow stale: nobody says when they traded last."""
    guard = began(Guard(spec()))
    guard.step([world.look()])
    found: list[Guarded] = []
    for _ in range(40):
        world.seconds(10, shards=(0,))
        found += guard.step([world.look()])

    assert [b["rule"] for b in bodies(found, ALERTS)] == ["shard_silent"]


def test_a_shard_is_back_once_it_has_caught_up_and_what_it_said_late_counts(world: World) -> None:
    """Its drift of the time when it was left out is looked at then, and all its seconds are closed again."""
    guard = began(Guard(spec()))
    guard.step([world.look()])
    world.seconds(30, shards=(1,))
    left_out = guard.step([world.look()])
    world.second -= 30
    world.drift(0.35)
    tells_at_once(world, 20)
    behind = guard.step([world.look()])
    tells_at_once(world, 10)
    world.seconds(10)
    back = guard.step([world.look()])

    assert silences(left_out) == [("shard_silent", "firing", "ticks/0000")]
    assert silences(behind) == []
    assert silences(back) == [("shard_silent", "resolved", "ticks/0000")]
    assert orders(behind + back) == [("kill", "model:ml-fusion", {})]


def tells_at_once(world: World, count: int) -> None:
    """Let shard 0 close so many seconds that lie behind, while the clock stands still."""
    at = world.at
    world.seconds(count, shards=(0,))
    world.at = at


def test_a_run_waits_as_long_as_a_shard_is_left_out(world: World) -> None:
    """No check is made and no time is served without it."""
    guard = began(Guard(spec(profiles={"small": SMALL})))
    world.command("rollout.start", profile="small")
    guard.step([world.look()])
    world.seconds(QUIET_S, shards=(0,))
    paused = guard.step([world.look()])
    world.seconds(600, shards=(0,))
    waits = guard.step([world.look()])
    world.second -= 611
    world.seconds(611, shards=(1,))
    world.seconds(120)
    goes_on = guard.step([world.look()])

    assert [b["event"] for b in bodies(paused, ROLLOUT)][-1] == "paused"
    assert bodies(waits, ROLLOUT) == []
    assert "resumed" in [b["event"] for b in bodies(goes_on, ROLLOUT)]


def test_a_restart_while_a_shard_is_left_out_changes_nothing(world: World) -> None:
    """The state goes through its bytes between any two looks."""
    looks: list[Look] = [world.look()]
    for shards in [(0,), (0,), (0,), (0, 1)]:
        world.seconds(7, shards=shards)
        looks.append(world.look())
    whole = began(Guard(spec())).step(looks)
    guard, found = began(Guard(spec())), []
    for look in looks:
        found += guard.step([look])
        guard = Guard(spec(), unpack(pack(guard.snapshot())))

    assert [one.records for one in found] == [one.records for one in whole]
    assert silences(whole) == [
        ("shard_silent", "firing", "ticks/0001"),
        ("shard_silent", "resolved", "ticks/0001"),
    ]
    assert whole[-1].view is not None
    assert whole[-1].view["second"] == FIRST + 48
