"""How looks are cut and where the guard is restarted changes nothing but when it is told."""

from __future__ import annotations

import random
from typing import Any

from guard.looks import World, began, bodies, orders, spec
from guard.test_guard_rollouts import SMALL
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.recovery.state import pack, unpack
from models.guard.guard import Guard
from models.guard.inputs import Look
from models.guard.records import ROLLOUT, TOPICS, Guarded

WHEN = ("at", "id", "caused_by", "command_id")
"""Of a look, so they differ where looks are cut otherwise."""


def a_day(chance: random.Random, world: World) -> None:
    """Tell some hundred seconds with drift, miscalibration, and a feed that stands still.

    The monitors tell before their second is closed; what comes later counts at the next look at the rules.
    """
    for _ in range(chance.randint(3, 8)):
        match chance.choice(["drift", "calibration", "seconds", "still", "one"]):
            case "drift":
                world.second += 1
                world.drift(chance.choice([0.1, 0.35]))
                world.second -= 1
            case "calibration":
                world.second += 1
                world.calibration(chance.choice([0.01, 0.09]))
                world.second -= 1
            case "seconds":
                world.seconds(chance.randint(1, 60))
            case "still":
                world.seconds(chance.randint(30, 150), traded=False)
            case "one":
                world.seconds(10, shards=(0,))
                world.second -= 10
                world.seconds(10, shards=(1,))
    world.seconds(30)


def without_when(found: list[Guarded]) -> dict[str, list[dict[str, Any]]]:
    """Return the bodies by topic without what tells when they were told."""
    return {
        topic: [{k: v for k, v in body.items() if k not in WHEN} for body in bodies(found, topic)]
        for topic in TOPICS
    }


@settings(max_examples=40)
@given(seed=st.integers(0, 2**20))
def test_how_looks_are_cut_changes_nothing(seed: int) -> None:
    """The same alerts and orders come of one look as of many: rules go by closed seconds alone.

    From the first look on in which every shard was heard of; silence is by the clock, and left out.
    """
    chance = random.Random(seed)
    world = World()
    world.begin()
    world.seconds(5)
    first = world.look()
    a_day(chance, world)
    told = list(world.told)
    whole = began(Guard(spec(silent_after_s=1e6))).step([first, world.look()])
    world.told = told
    cut = began(Guard(spec(silent_after_s=1e6))).step([first, *world.cut(chance)])

    assert without_when(cut) == without_when(whole)
    assert orders(cut) == orders(whole)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**20))
def test_a_restart_between_any_two_looks_changes_nothing(seed: int) -> None:
    """The state goes through its bytes each time; a run goes on in its phase."""
    chance = random.Random(seed)
    world = World()
    world.begin()
    world.seconds(20)
    world.command("rollout.start", profile="small")
    a_day(chance, world)
    looks: list[Look] = world.cut(chance)
    made = spec(profiles={"small": SMALL})
    whole = began(Guard(made)).step(looks)
    found: list[Guarded] = []
    guard = began(Guard(made))
    for look in looks:
        found += guard.step([look])
        guard = Guard(made, unpack(pack(guard.snapshot())))

    assert [one.records for one in found] == [one.records for one in whole]
    assert [one.orders for one in found] == [one.orders for one in whole]
    assert any(bodies(whole, ROLLOUT))
