"""The end of a challenger's run: a verdict by the profile's gates, and what the guard does about it."""

from __future__ import annotations

from typing import Any

import pytest
from guard.looks import World, began, bodies, orders, spec
from guard.test_guard_rollouts import run, steps

from models.desk.desk import Desk
from models.guard.guard import Guard
from models.guard.records import ROLLOUT, Guarded
from models.profiles.profile import Profile
from models.rollout.plan import Criterion, Phase, Plan
from models.verdict.page import page

FRESH = Criterion("fresh", "staleness.tick", "shard", "<=", 30.0, requirement="S102")
CALM = Criterion("calm", "drift.psi", "model", "<=", 0.2)
KNOWN = Criterion("known", "canary.outside_positions", "all", "<=", 0.0)
PLAN = Plan(
    "long", (Phase("10 %", 0.1, dwell_s=300, criteria=(FRESH,), approve=True),),
    check_every_s=30, fails=3, inconclusives=3, of="challenger", watch_s=600,
)  # fmt: skip
LONG = Profile(
    name="long", title="", source="", plan=PLAN, longest_s={"10 %": 600},
    verdict={"checks": (FRESH, CALM), "promote": (KNOWN,), "keep": (CALM,)},
)  # fmt: skip
CHALLENGED = Desk(challenger="stub-sine")


@pytest.fixture
def world() -> World:
    """Two shards on whose desks a challenger is."""
    made = World()
    made.begin(CHALLENGED)
    made.seconds(20)
    return made


def guard_of(profile: Profile) -> Guard:
    """Return a guard that knows a profile."""
    return began(Guard(spec(profiles={profile.name: profile}, desk=CHALLENGED)))


def begun(guard: Guard, world: World) -> list[Guarded]:
    """Start the run."""
    world.taken_in(world.command("rollout.start", profile="long"))
    return run(guard, world, 10)


def verdicts(found: list[Guarded]) -> list[dict[str, Any]]:
    """Return the records of verdicts, without the machine's own decisions."""
    numbers = [b["numbers"] for b in bodies(found, ROLLOUT) if b["event"] == "decision"]
    return [one for one in numbers if "gates" in one]


def drifting(world: World, psi: float) -> None:
    """Tell of the drift of the challenger."""
    world.drift(psi, limit=0.1, model="stub-sine")


def test_a_challenger_that_passes_its_gates_is_promoted_and_watched(world: World) -> None:
    """By one command; the verdict says what it went by, and reads as a page."""
    guard = guard_of(LONG)
    drifting(world, 0.05)
    found = begun(guard, world) + run(guard, world, 400)

    assert orders(found) == [
        ("rollout", "all", {"phase": 0.1, "of": "challenger"}),
        ("model.promote", "all", {"name": "stub-sine"}),
    ]  # fmt: skip
    assert [event for event, _ in steps(found) if event != "in_force"] == [
        "started", "decision", "approved", "promoted", "decision",
    ]  # fmt: skip
    [verdict] = verdicts(found)
    assert (verdict["decision"], verdict["run"]["challenger"], verdict["run"]["model"]) == (
        "PROMOTE", "stub-sine", "ml-fusion",
    )  # fmt: skip
    assert "# PROMOTE: stub-sine against ml-fusion" in page(verdict)


def test_a_challenger_that_fails_a_gate_is_rolled_back(world: World) -> None:
    """Its phase asks for less than the verdict, which looks at drift too."""
    guard = guard_of(LONG)
    drifting(world, 0.25)
    found = begun(guard, world) + run(guard, world, 400)

    assert orders(found)[-1] == ("rollback", "all", {})
    assert [one["decision"] for one in verdicts(found)] == ["ROLLBACK"]


def test_want_of_data_extends_once_and_then_waits_for_a_person(world: World) -> None:
    """To the profile's longest; nothing is promoted without a finding."""
    guard = guard_of(LONG)
    found = begun(guard, world) + run(guard, world, 800)

    assert [one["decision"] for one in verdicts(found)] == ["EXTEND", "EXTEND"]
    assert steps(found)[-1] == ("decision", "10 %")
    assert [cmd for cmd, _, _ in orders(found)] == ["rollout"]


def test_a_step_by_hand_makes_the_run_wait(world: World) -> None:
    """Two hands on one wheel are one too many."""
    guard = guard_of(LONG)
    begun(guard, world)
    world.command("rollout", phase=0.5)

    assert "suspended" in [event for event, _ in steps(run(guard, world, 10))]


def test_without_a_challenger_there_is_no_run(world: World) -> None:
    """The reason says what to do."""
    bare = began(Guard(spec(profiles={"long": LONG})))
    world = World()
    world.command("rollout.start", profile="long")
    [refused] = bodies(bare.step([world.look()]), ROLLOUT)

    assert refused["event"] == "refused"
    assert "levibot control model.select NAME --as challenger" in refused["reason"]
