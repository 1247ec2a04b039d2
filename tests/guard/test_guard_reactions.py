"""Rules that fire become alerts and commands; nothing else does."""

from __future__ import annotations

import pytest
from guard.looks import FIRST, World, began, bodies, orders, spec

from models.desk.desk import Desk
from models.guard.guard import Guard
from models.guard.records import ALERTS, Guarded
from models.spec import SECOND


@pytest.fixture
def world() -> World:
    """Two shards, one second in."""
    return World()


def told(guard: Guard, world: World) -> list[Guarded]:
    """Let the guard look at what was told."""
    return guard.step([world.look()])


def test_drift_above_its_limit_kills_the_model_that_drifts(world: World) -> None:
    """With an alert that says why, which ends when the drift does; no un-kill follows."""
    guard = began(Guard(spec()))
    world.drift(0.35)
    world.seconds(20)
    first = told(guard, world)
    world.drift(0.05)
    world.seconds(20)
    second = told(guard, world)

    assert orders(first) == [("kill", "model:ml-fusion", {})]
    [alert] = bodies(first, ALERTS)
    assert {k: alert[k] for k in ("event", "rule", "severity", "level", "value", "limit", "auto_pause")} == {
        "event": "firing", "rule": "drift_kill", "severity": "P0", "level": "RED", "value": 0.35,
        "limit": 0.1, "auto_pause": True,
    }  # fmt: skip
    assert (alert["model"], alert["symbol"]) == ("ml-fusion", "S0")
    assert [(b["event"], b["rule"]) for b in bodies(second, ALERTS)] == [("resolved", "drift_kill")]
    assert orders(second) == []


def test_drift_that_chance_explains_does_nothing(world: World) -> None:
    """The value alone would kill."""
    guard = began(Guard(spec()))
    world.drift(0.35, limit=0.4)
    world.seconds(20)

    assert orders(told(guard, world)) == []


def test_a_badly_calibrated_model_gets_stricter_thresholds_once(world: World) -> None:
    """Counted from its own, absolute, once an episode."""
    guard = began(Guard(spec(desk=Desk(entry=0.55, exit=0.45))))
    world.begin(Desk(entry=0.55, exit=0.45))
    world.calibration(0.09)
    world.seconds(20)
    first = told(guard, world)
    world.calibration(0.1)
    world.seconds(20)

    assert orders(first) == [("policy.set", "all", {"entry": 0.56, "exit": 0.44})]
    assert orders(told(guard, world)) == []


def test_a_bundle_that_a_shard_began_with_is_tightened_from_its_own_thresholds(world: World) -> None:
    """Not from those of models that bring none: there was never any news of it."""
    bundle = "lgbm@" + "a" * 64
    guard = began(Guard(spec()))
    world.begin(Desk(model=bundle, bundles=(bundle,), entry=0.6, exit=0.4))
    world.calibration(0.09, model="lgbm")
    world.seconds(20)

    assert orders(told(guard, world)) == [("policy.set", "all", {"entry": 0.61, "exit": 0.39})]


@pytest.mark.parametrize(("limit", "n_eff"), [(0.2, 500.0), (0.05, 10.0)])
def test_too_little_is_no_reason_to_tighten(world: World, limit: float, n_eff: float) -> None:
    """Nor is an error that a calibrated model would show as well."""
    guard = began(Guard(spec()))
    world.calibration(0.09, limit, n_eff)
    world.seconds(20)

    assert orders(told(guard, world)) == []


def test_a_feed_that_stands_still_rolls_back_after_its_time(world: World) -> None:
    """Seconds of the log count, and the first alert is that of the symbols."""
    guard = began(Guard(spec()))
    world.seconds(10)
    told(guard, world)
    world.seconds(300, traded=False)
    found = told(guard, world)

    firing = [(b["rule"], b["scope"], b["ts"] // SECOND - FIRST) for b in bodies(found, ALERTS)]
    last = 9  # the last second with a trade
    assert firing == [
        ("tick_stale", "symbol:S0", _grid(last + 61) + 30),
        ("tick_stale", "symbol:S1", _grid(last + 61) + 30),
        ("feed_stale", "shard:ticks/0000", _grid(last + 61) + 120),
        ("feed_stale", "shard:ticks/0001", _grid(last + 61) + 120),
    ]  # fmt: skip
    assert orders(found) == [("rollback", "all", {}), ("rollback", "all", {})]


def _grid(second: int) -> int:
    """Return the first look at the rules at or behind a second from FIRST on."""
    every = 10
    return -(-(FIRST + second) // every) * every - FIRST


def test_a_guard_that_may_not_act_tells_all_the_same(world: World) -> None:
    """It sends nothing."""
    guard = began(Guard(spec(act=False)))
    world.drift(0.35)
    world.seconds(20)
    found = told(guard, world)

    assert orders(found) == []
    assert [b["rule"] for b in bodies(found, ALERTS)] == ["drift_kill"]


def test_alerts_are_marked_while_the_flag_is_on() -> None:
    """For whoever carries them to Telegram: the product itself posts nothing there (S136)."""
    marked = []
    for on in (False, True):
        desk = Desk(flags={"enable_telegram_alerts": on})
        guard = began(Guard(spec(desk=desk)))
        other = World()
        other.begin(desk)
        other.drift(0.35)
        other.seconds(20)
        marked += [alert["telegram"] for alert in bodies(told(guard, other), ALERTS)]
    assert marked == [False, True]
