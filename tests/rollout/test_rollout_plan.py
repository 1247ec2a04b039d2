"""Plans that cannot be followed, and runs that come back under another plan."""

from __future__ import annotations

import pytest

from models.rollout.events import RollBack, Start
from models.rollout.machine import Machine
from models.rollout.plan import Plan
from models.rollout.resuming import OtherPlanError
from models.rollout.sound import BadPlanError, require_sound
from tests.rollout.rollouts import ECE, MODEL, NOTE, OTHER, SMALL, check

FIRST, *REST = SMALL.phases


def with_first(**changes: object) -> Plan:
    """Return the small plan with another first phase."""
    return SMALL._replace(phases=(FIRST._replace(**changes), *REST))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (SMALL._replace(of="someone"), "'of' must be model or challenger"),  # type: ignore[arg-type]
        (SMALL._replace(check_every_s=0), "'check_every_s' must be 1 or more"),
        (SMALL._replace(fails=0), "'fails' must be 1 or more"),
        (SMALL._replace(inconclusives=0), "'inconclusives' must be 1 or more"),
        (SMALL._replace(watch_s=-1), "'watch_s' must be 0 or more"),
        (SMALL._replace(phases=()), "the last phase needs a critical criterion"),
        (
            SMALL._replace(phases=(FIRST._replace(criteria=(NOTE,)),)),
            "the last phase needs a critical criterion",
        ),
        (with_first(name="canary"), "phases need names of their own"),
        (with_first(name="watch"), "phases need names of their own"),
        (with_first(name=""), "phases need names of their own"),
        (with_first(rollout=0.2), "phase 'preview': 'rollout' must be preview, 0, 0.1, 0.5 or 1.0"),
        (with_first(rollout=True), "phase 'preview': 'rollout' must be preview, 0, 0.1, 0.5 or 1.0"),
        (with_first(rollout=0.5), "the share must not fall from one phase to the next"),
        (SMALL._replace(phases=(REST[1], REST[0])), "nor a canary follow a phase of all symbols"),
        (with_first(dwell_s=-1), "phase 'preview': 'dwell_s' must be 0 or more"),
        (with_first(least_samples=-1), "phase 'preview': 'least_samples' must be 0 or more"),
        (with_first(criteria=(ECE, ECE)), "phase 'preview': two criteria have one name"),
        (with_first(criteria=(ECE._replace(op="=="),)), "criterion 'ece': needs an operator"),
        (with_first(criteria=(ECE._replace(value=float("nan")),)), "criterion 'ece': needs an operator"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(plan: Plan, says: str) -> None:
    """Before a run can begin by it."""
    with pytest.raises(BadPlanError, match=says) as found:
        Machine(plan)
    assert str(found.value).startswith("plan of profile 'small': ")


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """A person mends it in one go."""
    with pytest.raises(BadPlanError, match=r"'fails'.*'watch_s'.*two criteria"):
        require_sound(with_first(criteria=(ECE, ECE))._replace(fails=0, watch_s=-1))


def test_a_canary_may_decide_for_all_of_its_symbols_before_a_tenth_of_all_do() -> None:
    """And a preview, which decides for none, may come before either."""
    require_sound(SMALL._replace(phases=(FIRST, REST[0]._replace(rollout=1.0), REST[1])))


def test_a_run_goes_on_under_changed_numbers() -> None:
    """A restart with a longer dwell time holds the run to that."""
    machine = Machine(SMALL)
    machine.step(Start("run", MODEL, 0))
    longer = with_first(dwell_s=4)
    again = Machine(longer, machine.snapshot())
    again.step(check(2, ece="success"))
    assert again.place.phase == "preview"
    again.step(check(4, ece="success"))
    assert again.place.phase == "canary"


@pytest.mark.parametrize("plan", [SMALL._replace(profile="other"), with_first(name="before")])
def test_a_run_under_way_does_not_change_its_profile(plan: Plan) -> None:
    """The message says how to get on."""
    machine = Machine(SMALL)
    machine.step(Start("run", MODEL, 0))
    with pytest.raises(
        OtherPlanError, match=r"run run follows profile 'small'.*roll the run back or let it finish"
    ):
        Machine(plan, machine.snapshot())


def test_another_profile_remembers_what_has_failed() -> None:
    """And nothing else of the run before."""
    machine = Machine(SMALL)
    machine.step(Start("run", MODEL, 0))
    machine.step(RollBack(5, "ann", "no good"))
    other = Machine(SMALL._replace(profile="other"), machine.snapshot())
    assert other.place.state == "idle"
    assert [one.event for one in other.step(Start("again", MODEL, 6))] == ["refused"]
    assert [one.event for one in other.step(Start("again", OTHER, 6))] == ["started"]
