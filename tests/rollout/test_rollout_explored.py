"""No sequence of events, of whatever length, leads a rollout where it must not go."""

from __future__ import annotations

import pytest

from models.rollout.plan import Plan
from tests.rollout.explorer import explore
from tests.rollout.rollouts import NOTED, ONE, SMALL, TINY, TWO, both


@pytest.mark.parametrize(
    "plan", [TINY, pytest.param(SMALL, marks=pytest.mark.slow)], ids=["one phase", "three phases"]
)
def test_with_people_who_may_do_anything_at_any_time(plan: Plan) -> None:
    """All eight states are reached, and in each of them every event is tried."""
    found = explore(plan, ONE, people=True)
    assert found.wrong == {}
    assert found.words == {
        "idle", "running", "waiting", "paused", "suspended", "watching", "rolled_back", "finished",
    }  # fmt: skip
    assert found.states > 900


def test_two_critical_criteria_each_have_their_own_count() -> None:
    """One that fails cannot be made good by another one's success."""
    found = explore(TWO, both("ece", "drift"), people=False)
    assert found.wrong == {}
    assert found.states > 500


def test_a_criterion_that_is_not_critical_never_decides() -> None:
    """Neither its fails nor its silence hold up a run or end it."""
    found = explore(NOTED, both("ece", "note"), people=False)
    assert found.wrong == {}
    assert found.states > 500
