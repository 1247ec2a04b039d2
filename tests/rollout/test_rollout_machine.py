"""A rollout step by step: what is asked for when, what is refused, and what is remembered."""

from __future__ import annotations

import pytest

from models.rollout.events import Approve, Check, Extend, Lost, Resume, Retry, RollBack, Start, Suspend
from models.rollout.machine import Machine
from models.rollout.plan import Checked, Phase, Plan
from models.rollout.transition import Place, Transition, Want
from tests.rollout.rollouts import DRIFT, ECE, MODEL, NOTE, NOTED, OTHER, SMALL, check, kinds


def started(plan: Plan = SMALL) -> Machine:
    """Return a machine whose run began at second 0."""
    machine = Machine(plan)
    machine.step(Start("run", MODEL, 0))
    return machine


def at_last_phase() -> Machine:
    """Return one that entered the phase 10 % at second 6, whose dwell time ends at 8."""
    machine = started()
    for second in (2, 4, 6):
        machine.step(check(second, ece="success"))
    assert machine.place == Place("running", "10 %")
    return machine


def only(told: list[Transition]) -> Transition:
    """Return the one thing that was told."""
    assert len(told) == 1
    return told[0]


# start              2          4          6           8          9        10           12
# |  preview, 2 s    | canary, 4 s         | 10 %, 2 s | waiting  approved  | watch, 2 s  |


def test_from_the_preview_to_the_promotion_and_the_end_of_the_watch() -> None:
    """Each phase asks for its share, canary symbols come and go with theirs; the challenger is promoted."""
    machine = Machine(SMALL)
    course = [machine.step(Start("run", MODEL, 0))]
    course += [machine.step(check(second, ece="success")) for second in (2, 4, 6, 8)]
    course += [machine.step(Approve(9, "ann"))]
    course += [machine.step(check(second, ece="success")) for second in (10, 12)]
    assert [[(one.event, *one.now) for one in told] for told in course] == [
        [("started", "running", "preview")],
        [("check", "running", "preview"), ("entered", "running", "canary")],
        [("check", "running", "canary")],
        [("check", "running", "canary"), ("entered", "running", "10 %")],
        [("check", "waiting", "10 %")],
        [("approved", "running", "10 %")],
        [("check", "running", "10 %"), ("promoted", "watching", "watch"), ("decision", "watching", "watch")],
        [("check", "watching", "watch"), ("finished", "finished", "watch")],
    ]
    reason = "4 s dwelt, 5 samples, all of 1 critical criteria hold, approved by ann"
    assert [want for told in course for one in told for want in one.wants] == [
        Want("rollout", {"phase": "preview", "of": "challenger", "symbols": []}),
        Want("rollout", {"phase": 0.1, "of": "challenger", "symbols": ["BTCUSDT"]}),
        Want("rollout", {"phase": 0.1, "of": "challenger", "symbols": []}),
        Want("model.promote", {"name": MODEL, "reason": reason}),
    ]


def test_a_transition_tells_from_where_to_where_and_by_which_figures() -> None:
    """The record of it is plain data."""
    machine = started()
    entered = machine.step(check(2, ece="success"))[1]
    counts = {
        "success": 1, "fail": 0, "inconclusive": 0, "error": 0, "no_data": 0,
        "fails_in_row": 0, "unsure_in_row": 0,
    }  # fmt: skip
    assert entered.as_dict() == {
        "event": "entered", "run": "run", "model": MODEL, "phase": "canary", "phase_from": "preview",
        "from": "running", "to": "running",
        "reason": "2 s dwelt, 5 samples, all of 1 critical criteria hold",
        "numbers": {"dwell_s": 2, "dwell_needed_s": 2, "samples": 5, "samples_needed": 0,
                    "counts": {"ece": counts}},
        "checks": [],
    }  # fmt: skip


def test_a_model_that_is_rolled_out_itself_is_not_promoted() -> None:
    """It is in use already: the plan ends, with a decision."""
    machine = started(NOTED)
    assert machine.step(check(2, ece="success", note="fail"))[1].wants == (Want("rollout", {"phase": 1.0}),)
    machine.step(check(4, ece="success", note="fail"))
    told = machine.step(check(6, ece="success", note="fail"))
    assert kinds(told) == ["check", "finished", "decision"]
    assert [one.wants for one in told] == [(), (), ()]


@pytest.mark.parametrize("samples", [0, 4])
def test_too_few_samples_hold_a_phase(samples: int) -> None:
    """Its dwell time may be over long since; that more time is needed is said once."""
    machine = at_last_phase()
    assert kinds(machine.step(check(8, samples, ece="success"))) == ["check", "decision"]
    assert kinds(machine.step(check(10, samples, ece="success"))) == ["check"]
    assert machine.step(check(12, 5, ece="success"))[0].now == Place("waiting", "10 %")


def test_fails_in_a_row_roll_back_and_the_desk_is_told() -> None:
    """At the second of two, with the decision behind it."""
    machine = started()
    assert kinds(machine.step(check(2, ece="fail"))) == ["check"]
    told = machine.step(check(4, ece="fail"))
    assert kinds(told) == ["check", "rolled_back", "decision"]
    assert told[1].was == Place("running", "preview")
    assert told[1].now == Place("rolled_back", "preview")
    assert told[1].wants == (Want("rollback", {"reason": "ece: 2 failed checks in a row"}),)
    assert machine.state.failed == {MODEL: {"second": 4, "reason": "ece: 2 failed checks in a row"}}


def test_a_success_in_between_begins_the_count_anew() -> None:
    """However often it fails: four of five checks here."""
    machine = started(SMALL._replace(fails=3))
    for second, outcome in zip(range(2, 12, 2), ("fail", "fail", "success", "fail", "fail"), strict=True):
        machine.step(check(second, ece=outcome))
    assert machine.state.tallies["ece"].fail == 4
    assert machine.place.state == "running"


def test_silence_in_between_neither_counts_nor_helps() -> None:
    """Fail, nothing, fail: two fails in a row of what could be said."""
    machine = started()
    machine.step(check(2, ece="fail"))
    assert machine.step(check(4))[0].checks == (Checked("ece", "no-data", None, None, "not in the check"),)
    assert "rolled_back" in kinds(machine.step(check(6, ece="fail")))


def test_silence_pauses_and_the_pause_ends_by_itself() -> None:
    """Two checks that say nothing; time counts again with the first that says something, if only a fail."""
    machine = started()
    machine.step(check(2, ece="inconclusive"))
    paused = machine.step(check(4, ece="error"))[-1]
    assert (paused.event, paused.now) == ("paused", Place("paused", "preview"))
    assert paused.reason == "2 checks in a row without a finding, the last ece: error (measured)"
    assert kinds(machine.step(check(6))) == ["check"]
    resumed = machine.step(check(8, ece="fail"))[-1]
    assert (resumed.event, resumed.now) == ("resumed", Place("running", "preview"))


def test_a_pause_does_not_count_as_dwell() -> None:
    """Of ten seconds in the canary four were paused, and four are asked for."""
    machine = started()
    machine.step(check(2, ece="success"))
    for second in (4, 6, 8):
        machine.step(check(second))
    assert machine.state.served == 4
    machine.step(check(10, ece="fail"))
    assert machine.state.served == 4
    assert kinds(machine.step(check(12, ece="success"))) == ["check", "entered"]


def test_both_of_two_criteria_must_have_something_to_say_for_a_pause_to_end() -> None:
    """One that speaks while the other is silent does not."""
    plan = Plan("p", (Phase("1", 1.0, criteria=(ECE, DRIFT, NOTE)),), 2, fails=2, inconclusives=1)
    machine = started(plan)
    machine.step(check(2, ece="success", note="error"))
    assert machine.place.state == "paused"
    machine.step(check(4, drift="success", note="error"))
    assert machine.place.state == "paused"
    assert kinds(machine.step(check(6, ece="success", drift="success"))) == [
        "check", "resumed", "finished", "decision",
    ]  # fmt: skip


def test_time_that_stands_still_pauses_at_once() -> None:
    """Once; and the next check that says something ends it."""
    machine = started()
    assert only(machine.step(Lost(1, "shard 3 is silent"))).reason == "nothing to check: shard 3 is silent"
    assert machine.step(Lost(1, "shard 3 is silent")) == []
    assert kinds(machine.step(check(2, ece="success"))) == ["check", "resumed"]


def test_time_that_nobody_watched_is_not_dwelt() -> None:
    """Between two checks lie ten seconds; no more counts than lies between two checks of the plan."""
    machine = started()
    machine.step(check(2, ece="success"))
    machine.step(check(12, ece="success"))
    assert machine.place == Place("running", "canary")
    assert machine.state.served == 2


def test_a_suspended_run_stays_where_it_is_and_is_still_watched() -> None:
    """It goes on when it is resumed; a critical criterion that fails ends it nevertheless."""
    machine = at_last_phase()
    assert only(machine.step(Suspend(6, "ann", "holidays"))).reason == "by ann: holidays"
    machine.step(check(8, ece="success"))
    assert machine.state.served == 0
    assert only(machine.step(Suspend(8, "bob", "too"))).event == "refused"
    assert only(machine.step(Approve(8, "bob"))).event == "refused"
    machine.step(check(10, ece="fail"))
    assert kinds(machine.step(check(12, ece="fail"))) == ["check", "rolled_back", "decision"]


def test_a_resumption_does_not_end_a_pause() -> None:
    """A pause under a suspension is what is left when that ends."""
    machine = started()
    machine.step(Suspend(0, "ann", "holidays"))
    machine.step(check(2))
    assert kinds(machine.step(check(4))) == ["check"]
    assert only(machine.step(Resume(5, "ann", "back"))).now == Place("paused", "preview")
    refused = only(machine.step(Resume(5, "ann", "go on")))
    assert refused.reason == "it is paused, which ends by itself with the first check that finds something"


def test_an_approval_is_for_the_evidence_it_was_given_on() -> None:
    """A fail takes it back; silence does not."""
    machine = at_last_phase()
    assert only(machine.step(Approve(7, "ann"))).event == "refused"
    machine.step(check(8, ece="success"))
    machine.step(Approve(9, "ann"))
    machine.step(check(10, ece="error"))
    assert machine.state.approved == "ann"
    machine.step(check(12, ece="fail"))
    assert machine.step(check(14, ece="success"))[0].now == Place("waiting", "10 %")


@pytest.mark.parametrize("place", ["running", "waiting", "paused", "suspended", "watching"])
def test_a_person_can_roll_back_from_everywhere(place: str) -> None:
    """In one step; what the desk has been told already it is not told again."""
    machine = at_last_phase()
    if place in ("waiting", "watching"):
        machine.step(check(8, ece="success"))
    if place == "watching":
        machine.step(Approve(8, "ann"))
        machine.step(check(10, ece="success"))
    if place == "paused":
        machine.step(Lost(7, "silence"))
    if place == "suspended":
        machine.step(Suspend(7, "ann", "wait"))
    assert machine.place.state == place
    told = machine.step(RollBack(11, "kill", "drift", sent=True))
    assert [(one.event, one.now.state, one.wants) for one in told] == [
        ("rolled_back", "rolled_back", ()), ("decision", "rolled_back", ()),
    ]  # fmt: skip


def test_a_failed_bundle_needs_a_retry_that_names_it() -> None:
    """Another one may be started meanwhile, and does not make it forgotten."""
    machine = started()
    machine.step(RollBack(1, "ann", "no good"))
    refused = only(machine.step(Start("again", MODEL, 2)))
    assert refused.event == "refused"
    assert refused.reason == (
        f"bundle '{MODEL}' was rolled back (by ann: no good): allow it with rollout.retry first"
    )
    assert only(machine.step(Start("other", OTHER, 2))).event == "started"
    assert only(machine.step(Retry(3, "ann", "fixed", OTHER))).event == "refused"
    assert only(machine.step(Retry(3, "ann", "fixed", MODEL))).event == "retried"
    assert machine.place == Place("running", "preview")
    machine.step(RollBack(4, "ann", "no good either"))
    assert only(machine.step(Start("again", MODEL, 5))).event == "started"


def test_a_retry_without_a_name_is_of_the_last_that_failed() -> None:
    """It starts nothing itself."""
    machine = started()
    machine.step(RollBack(1, "ann", "no good"))
    machine.step(Start("other", OTHER, 2))
    machine.step(RollBack(3, "ann", "no good"))
    assert only(machine.step(Retry(4, "ann", "fixed"))).now == Place("idle", "")
    assert [*machine.state.failed] == [MODEL]
    assert only(machine.step(Start("again", OTHER, 5))).event == "started"


def test_what_cannot_be_done_now_is_refused_and_changes_nothing() -> None:
    """With what to do instead."""
    idle = Machine(SMALL)
    wishes = [Approve(0, "a"), Suspend(0, "a", "r"), Resume(0, "a", "r"), Retry(0, "a", "r"),
              RollBack(0, "a", "r"), Extend(0, 9), Start("run", "", 0)]  # fmt: skip
    reasons = [only(idle.step(wish)).reason for wish in wishes]
    assert reasons == [
        "nothing waits for an approval, the run is idle: approve when it waits",
        "no run is under way: start one first",
        "nothing is suspended",
        "no bundle has failed that is called ''; failed: []",
        "no run is under way: start one first",
        "no phase is under way that could be extended",
        "the plan rolls out a challenger: name the model",
    ]
    assert idle.step(check(0, ece="fail")) == []
    assert idle.step(Lost(0, "silence")) == []
    assert idle.place == Place("idle", "")
    again = only(started().step(Start("second", OTHER, 1)))
    assert again.reason == "run run is under way: roll it back, or let it finish"


def test_an_extension_holds_the_phase_for_longer() -> None:
    """Dwell time is counted on; what was served already cannot be asked for."""
    machine = at_last_phase()
    told = only(machine.step(Extend(6, 6)))
    assert (told.event, told.numbers["decision"]) == ("decision", "EXTEND")
    assert (
        only(machine.step(Extend(6, 6))).reason == "the phase takes 6 s already: extend it to more than that"
    )
    for second in (8, 10):
        assert machine.step(check(second, ece="success"))[0].now.state == "running"
    assert machine.step(check(12, ece="success"))[0].now.state == "waiting"


def test_time_and_checks_must_run_forwards() -> None:
    """Whatever else would be a mistake of whoever feeds the machine."""
    machine = started()
    machine.step(check(2, ece="success"))
    with pytest.raises(ValueError, match="second 1 comes after 2"):
        machine.step(Lost(1, "silence"))
    with pytest.raises(ValueError, match="a check at 2 comes after one at 2"):
        machine.step(check(2, ece="success"))


@pytest.mark.parametrize(
    "results",
    [
        (Checked("other", "success", 1.0, 1, ""),),
        (Checked("ece", "success", 1.0, 1, ""), Checked("ece", "fail", 1.0, 1, "")),
        (Checked("ece", "perhaps", 1.0, 1, ""),),  # type: ignore[arg-type]
    ],
    ids=["of something else", "two of one", "no outcome"],
)
def test_a_check_of_something_else_is_a_mistake(results: tuple[Checked, ...]) -> None:
    """It changes nothing before it is found."""
    machine = started()
    before = machine.snapshot()
    with pytest.raises(ValueError, match=r"must be one of|at most one result each"):
        machine.step(Check(2, results, 5))
    assert machine.snapshot() == before


def test_hours_stretch_every_dwell_time_and_no_other_demand() -> None:
    """8 s of dwelling made 16: the phases take 4, 8 and 4; the samples stay."""
    machine = Machine(SMALL)
    machine.step(Start("run", MODEL, 0, hours=16 / 3_600))
    assert [phase.dwell_s for phase in machine.plan.phases] == [4, 8, 4]
    assert [phase.least_samples for phase in machine.plan.phases] == [0, 0, 5]
    again = Machine(SMALL, machine.snapshot())
    assert again.plan == machine.plan
    assert kinds(again.step(check(2, ece="success"))) == ["check"]
    assert kinds(again.step(check(4, ece="success"))) == ["check", "entered"]


@pytest.mark.parametrize("hours", [0.0, -1.0, float("nan"), float("inf")])
def test_hours_must_be_a_length_of_time(hours: float) -> None:
    """And some dwell time must be there to be changed."""
    assert (
        only(Machine(SMALL).step(Start("run", MODEL, 0, hours))).reason
        == "'hours' must be above 0, and 8760 at most"
    )
    timeless = NOTED._replace(phases=NOTED.phases[:1])
    refused = only(Machine(timeless).step(Start("run", MODEL, 0, 1.0)))
    assert refused.reason == "no phase of the plan has a dwell time that 'hours' could change"
