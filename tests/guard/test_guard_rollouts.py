"""A profile's run under the guard: started by a person, moved by checks, told step by step."""

from __future__ import annotations

from typing import Any

import pytest
from guard.looks import World, began, bodies, orders, spec

from models.guard.guard import Guard
from models.guard.inputs import Began
from models.guard.records import ALERTS, AUDIT, ROLLOUT, Guarded
from models.inputs import Cause
from models.profiles.profile import Profile
from models.rollout.plan import Criterion, Phase, Plan
from models.spec import SECOND

FRESH = Criterion("fresh", "staleness.tick", "shard", "<=", 30.0)
PLAN = Plan(
    "small",
    (
        Phase("preview", "preview", dwell_s=60, criteria=(FRESH,)),
        Phase("10 %", 0.1, dwell_s=120, criteria=(FRESH,)),
        Phase("100 %", 1.0, dwell_s=60, criteria=(FRESH,), approve=True),
    ),
    check_every_s=30, fails=2, inconclusives=3,
)  # fmt: skip
SMALL = Profile(name="small", title="A small one", source="", plan=PLAN)


@pytest.fixture
def guard() -> Guard:
    """A guard that knows one profile."""
    return began(Guard(spec(profiles={"small": SMALL})))


@pytest.fixture
def world() -> World:
    """Two shards with their journals begun."""
    made = World()
    made.begin()
    made.seconds(20)
    return made


def steps(found: list[Guarded]) -> list[tuple[str, str]]:
    """Return the events of a run without its checks, with the phase behind each."""
    return [(b["event"], b["phase"]) for b in bodies(found, ROLLOUT) if b["event"] != "check"]


def run(guard: Guard, world: World, seconds: int, **how: Any) -> list[Guarded]:
    """Let time pass in looks of ten seconds; shards take in at once what the guard orders."""
    found = []
    for _ in range(seconds // 10):
        world.seconds(10, **how)
        found += guard.step([world.look()])
        for command in found[-1].orders:
            world.tell("control", 0, {"command": command.as_dict()})
            world.taken_in(command, after=70)
    return found


def started(guard: Guard, world: World) -> list[Guarded]:
    """Start the run; the shards take the command in."""
    world.taken_in(world.command("rollout.start", profile="small"))
    found = guard.step([world.look()])
    for command in found[-1].orders:
        world.tell("control", 0, {"command": command.as_dict()})
        world.taken_in(command, after=50)
    return found


def test_a_run_goes_from_phase_to_phase_and_ends_where_a_person_lets_it(guard: Guard, world: World) -> None:
    """Each share is ordered once, and told of as in force where every shard has it."""
    found = started(guard, world) + run(guard, world, 400)
    world.command("rollout.approve")
    found += run(guard, world, 60)

    assert steps(found) == [
        ("started", "preview"), ("in_force", "preview"), ("entered", "10 %"), ("in_force", "10 %"),
        ("entered", "100 %"), ("in_force", "100 %"), ("approved", "100 %"), ("finished", "100 %"),
        ("decision", "100 %"),
    ]  # fmt: skip
    assert orders(found) == [
        ("rollout", "all", {"phase": "preview"}), ("rollout", "all", {"phase": 0.1}),
        ("rollout", "all", {"phase": 1.0}),
    ]  # fmt: skip
    in_force = [b for b in bodies(found, ROLLOUT) if b["event"] == "in_force"]
    assert [b["offsets"] for b in in_force] == [
        {"ticks/0000": after, "ticks/0001": after + 10} for after in (50, 70, 70)
    ]
    began = bodies(found, ROLLOUT)[0]["numbers"]  # two dwells and a check each, a check more for a person
    assert (began["promote_s"], began["roll_back_s"]) == (60 + 29 + 120 + 60 + 30, 120)
    decision = bodies(found, ROLLOUT)[-1]["numbers"]
    assert (decision["decision"], decision["profile"]) == ("PROMOTE", "small")


def test_failed_checks_in_a_row_roll_back_and_are_remembered(guard: Guard, world: World) -> None:
    """The same model cannot be started again before a person allows it."""
    found = started(guard, world) + run(guard, world, 60) + run(guard, world, 120, traded=False)
    world.command("rollout.start", profile="small")
    refused = run(guard, world, 10)
    world.command("rollout.retry", reason="the feed is mended")
    world.command("rollout.start", profile="small")
    again = run(guard, world, 10)

    assert steps(found)[-3:] == [("rolled_back", "10 %"), ("decision", "10 %"), ("in_force", "10 %")]
    assert orders(found)[-1] == ("rollback", "all", {})
    assert steps(refused) == [("refused", "10 %")]
    assert "rollout.retry" in bodies(refused, ROLLOUT)[0]["reason"]
    assert [event for event, _ in steps(again)] == ["retried", "started"]


def test_a_rule_that_rolls_back_ends_the_run(guard: Guard, world: World) -> None:
    """One rollback goes out for the run, and the reason names the rule."""
    plan = PLAN._replace(fails=50)
    profile = Profile(name="small", title="", source="", plan=plan)
    guard = began(Guard(spec(profiles={"small": profile})))
    found = started(guard, world) + run(guard, world, 60) + run(guard, world, 240, traded=False)

    told = [b for b in bodies(found, ROLLOUT) if b["event"] == "rolled_back"]
    assert len(told) == 1
    assert "feed_stale" in told[0]["reason"]
    assert told[0]["command_id"].startswith("guard-")


def test_an_operators_rollback_ends_the_run_without_a_second_one(guard: Guard, world: World) -> None:
    """It is on the topic already."""
    started(guard, world)
    world.command("rollback", reason="enough")
    found = run(guard, world, 10)

    told = [event for event, _ in steps(found) if event != "in_force"]
    assert told == ["rolled_back", "decision"]
    assert orders(found) == []


def test_a_kill_of_everything_ends_the_run_and_takes_its_share_back(guard: Guard, world: World) -> None:
    """An un-kill must not let it go on where it was."""
    started(guard, world)
    world.command("kill", reason="fire")

    assert orders(run(guard, world, 10)) == [("rollback", "all", {})]


def test_time_that_stands_still_pauses_the_run(guard: Guard, world: World) -> None:
    """And dwell time does not pass meanwhile."""
    started(guard, world)
    run(guard, world, 20)
    quiet = guard.step([world.look(at=world.at + 20 * SECOND)])

    assert steps(quiet)[-1] == ("paused", "preview")


def test_an_unknown_profile_is_refused_by_name(guard: Guard, world: World) -> None:
    """With those there are."""
    world.command("rollout.start", profile="large")
    found = guard.step([world.look()])

    [refused] = bodies(found, ROLLOUT)
    assert (refused["event"], refused["reason"]) == ("refused", "no profile 'large'; known: small")


def test_every_record_on_the_control_topic_is_audited(guard: Guard, world: World) -> None:
    """Accepted, refused or a repeat, in order, and a refused one changes nothing."""
    first = world.command("kill", reason="drill")
    world.tell("control", 0, {"refused": "the signature does not match", "said": {"cmd": "unkill"}})
    world.tell("control", 0, {"command": first.as_dict()})
    found = guard.step([world.look()])

    assert [(b["cmd"], b["accepted"]) for b in bodies(found, AUDIT)] == [
        ("kill", True), ("unkill", False), ("kill", False),
    ]  # fmt: skip
    assert "repeat" in bodies(found, AUDIT)[2]["reason"]
    assert bodies(found, ALERTS) == []


def test_what_was_ordered_before_it_began_is_audited_and_not_followed(world: World) -> None:
    """A guard that begins on an old topic must not start yesterday's rollout."""
    guard = Guard(spec(profiles={"small": SMALL}))
    world.command("rollout.start", profile="small")
    look = world.look()
    guard.step([Began(world.at + 3_600 * SECOND, {}, Cause(1, 0))])
    found = guard.step([look])

    assert len(bodies(found, AUDIT)) == 1
    assert bodies(found, ROLLOUT) == []


def test_an_order_that_nobody_takes_in_is_given_again(guard: Guard, world: World) -> None:
    """As a new command with a higher number; those before have gone stale."""
    world.command("rollout.start", profile="small")
    first = guard.step([world.look()])
    later = guard.step([world.look(at=world.at + 100 * SECOND)])

    [one], [two] = ([c for found in many for c in found.orders] for many in (first, later))
    assert (one.cmd, one.args, one.n < two.n, one.id != two.id) == (two.cmd, two.args, True, True)
