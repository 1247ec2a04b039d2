"""The ensemble's weights: by what members have shown, once an hour, and not while a phase is young."""

from __future__ import annotations

from math import log

import pytest
from guard.looks import FIRST, World, spec

from models.desk.desk import Desk
from models.guard.tuning import LOCKED_S, Tuning

MIXED = Desk(model="ensemble", members={"ml-fusion": 1.0, "river-logistic": 1.0})


def tuning(fusion: float, learner: float, n_eff: float = 500.0) -> Tuning:
    """Return a tuner that has seen the log loss of two members."""
    world, made = World(), Tuning(spec().least_n_eff)
    world.calibration(0.01, n_eff=n_eff, model="ml-fusion", log_loss=fusion)
    world.calibration(0.01, n_eff=n_eff, model="river-logistic", log_loss=learner)
    made.take(world.told)
    return made


def test_a_member_weighs_as_much_as_it_is_better_than_a_coin() -> None:
    """0.03 nats to 0.01 nats are three quarters to one."""
    ask = tuning(log(2) - 0.03, log(2) - 0.01).ask(FIRST, MIXED, 0)

    assert ask is not None
    assert (ask.cmd, ask.args["members"]) == ("weights.set", {"ml-fusion": 0.75, "river-logistic": 0.25})


def test_a_member_without_skill_keeps_a_small_weight() -> None:
    """0.009 to 0.001: worse than a coin counts as the least there is."""
    ask = tuning(log(2) - 0.009, 0.8).ask(FIRST, MIXED, 0)

    assert ask is not None
    assert ask.args["members"] == {"ml-fusion": 0.9, "river-logistic": 0.1}


@pytest.mark.parametrize(
    ("made", "desk", "began"),
    [
        (tuning(0.6, 0.65), Desk(), 0),
        (tuning(0.6, 0.65, n_eff=20.0), MIXED, 0),
        (tuning(0.65, 0.65), MIXED, 0),
        (tuning(0.6, 0.65), MIXED, FIRST - LOCKED_S + 1),
    ],
    ids=["no ensemble", "too few outcomes", "equal already", "a young phase"],
)
def test_weights_stay_where_nothing_speaks_for_others(made: Tuning, desk: Desk, began: int) -> None:
    """Not a command, then."""
    assert made.ask(FIRST, desk, began) is None


def test_weights_are_looked_at_once_an_hour() -> None:
    """Whatever came of the last look."""
    made = tuning(0.6, 0.65)

    assert [made.ask(FIRST + at, MIXED, 0) is not None for at in (0, 10, 3_590, 3_600)] == [
        True, False, False, True,
    ]  # fmt: skip
