"""The longest times of a plan, against the machine itself started and broken at every possible second."""

from __future__ import annotations

import pytest

from models.rollout.events import Approve, Start
from models.rollout.machine import Machine
from models.rollout.plan import Phase, Plan
from models.rollout.worst_case import worst_case
from models.rules.rule import Rule
from tests.rollout.rollouts import ECE, MODEL, check

EVERY, HORIZON = 5, 3
PLAN = Plan(
    profile="uneven",
    phases=(
        Phase("preview", "preview", dwell_s=7, criteria=(ECE,)),
        Phase("10 %", 0.1, dwell_s=4, least_samples=3, criteria=(ECE,), approve=True),
        Phase("50 %", 0.5, criteria=(ECE,)),
        Phase("100 %", 1.0, dwell_s=10, criteria=(ECE,)),
    ),
    check_every_s=EVERY, fails=3, inconclusives=2, of="challenger", watch_s=1_000,
)  # fmt: skip


def seconds_to(event: str, start: int, plan: Plan = PLAN, breach: int | None = None) -> int:
    """Return the seconds from the start, or from a breach, to an event; people answer at once."""
    machine = Machine(plan)
    machine.step(Start("run", MODEL, start))
    entered = start
    for second in range((start // EVERY + 1) * EVERY, 500, EVERY):
        good = breach is None or second <= breach
        samples = (second - entered) // HORIZON
        told = machine.step(check(second, samples, ece="success" if good else "fail"))
        if event in [one.event for one in told]:
            return second - (start if breach is None else breach)
        if "entered" in [one.event for one in told]:
            entered = second
        if machine.place.state == "waiting":
            machine.step(Approve(second + 1, "ann"))
    raise AssertionError(f"{event} never came")


def test_the_longest_time_to_promotion_is_met_and_never_passed() -> None:
    """Started at any second between two checks: 11 + 15 + 5 + 10 seconds at worst."""
    worst = worst_case(PLAN, horizon_s=HORIZON)
    assert worst.promote_s == 11 + (10 + 5) + 5 + 10
    assert max(seconds_to("promoted", start) for start in range(EVERY)) == worst.promote_s


def test_the_longest_time_from_a_breach_to_the_rollback_is_met_and_never_passed() -> None:
    """A breach in the second of a check is seen by the next one, and by two more."""
    worst = worst_case(PLAN)
    assert worst.roll_back_s == 3 * EVERY
    watched = [seconds_to("rolled_back", 0, breach=breach) for breach in range(1, 60)]
    assert max(watched) == worst.roll_back_s


def test_of_one_symbol_comes_one_sample_a_minute() -> None:
    """So that 3 samples take longer than the dwell time of 4 s: 180 s, and a check for the approval."""
    assert worst_case(PLAN).promote_s == 11 + (180 + 5) + 5 + 10


def test_a_rule_that_ends_a_run_may_take_longer() -> None:
    """As long as it must hold; one that only alerts says nothing."""
    slow = Rule(
        name="p95", metric="m", scope="all", op=">", value=1500.0, for_s=900, severity="P1",
        actions=("rollback",), runbook="r",
    )  # fmt: skip
    quiet = Rule(
        name="confid", metric="m", scope="all", op="<", value=0.45, for_s=10_800, severity="P2",
        actions=("alert",), runbook="r",
    )  # fmt: skip
    worst = worst_case(PLAN, [slow, quiet])
    assert worst.roll_back_s == 900
    assert worst.roll_back_why == (
        "criteria: 3 failed checks, one every 5 s: 15 s", "rule p95: held for 900 s",
    )  # fmt: skip


def test_the_sums_are_told_phase_by_phase() -> None:
    """Each with what it is made of."""
    assert worst_case(PLAN, horizon_s=HORIZON).promote_why == (
        "preview: 7 s needed, left at the first check from then on: 11 s",
        "10 %: 9 s needed, left at the first check from then on, and approved by the next: 15 s",
        "50 %: 0 s needed, left at the first check from then on: 5 s",
        "100 %: 10 s needed, left at the first check from then on: 10 s",
    )


@pytest.mark.parametrize("dwell", [0, 1, 4, 5, 6, 10])
def test_one_phase_of_any_length(dwell: int) -> None:
    """A first phase is entered between two checks."""
    plan = PLAN._replace(phases=(Phase("100 %", 1.0, dwell_s=dwell, criteria=(ECE,)),))
    assert max(seconds_to("promoted", s, plan) for s in range(EVERY)) == worst_case(plan).promote_s
