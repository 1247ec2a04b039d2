"""What a rule that counts fails costs a good model."""

from __future__ import annotations

from itertools import groupby, pairwise, product

import pytest

from models.rollout.false_alarms import by_chance, consecutive, cumulative
from models.rollout.plan import Phase, Plan
from tests.rollout.rollouts import DRIFT, ECE, NOTE

TWO_DAYS = 48 * 12
"""Checks of 48 hours, one every five minutes."""


def longest_row(fails: tuple[bool, ...]) -> int:
    """Return the most fails in a row."""
    return max((len([*group]) for failed, group in groupby(fails) if failed), default=0)


def chance(fails: tuple[bool, ...], rate: float, again: float) -> float:
    """Return the probability of one course of checks, in which a fail follows a fail with ``again``."""
    found = rate if fails[0] else 1 - rate
    for before, now in pairwise(fails):
        fail = again if before else rate * (1 - again) / (1 - rate)
        found *= fail if now else 1 - fail
    return found


def test_five_fails_in_all_roll_a_good_model_back_in_two_of_three_runs() -> None:
    """Five in a row practically never do."""
    assert cumulative(0.01, TWO_DAYS, 5) == pytest.approx(0.6828, abs=1e-4)
    assert consecutive(0.01, TWO_DAYS, 5) == pytest.approx(5.66e-8, rel=1e-3)
    assert consecutive(0.01, TWO_DAYS, 3) == pytest.approx(5.68e-4, rel=1e-3)


def test_overlapping_windows_spoil_a_short_row() -> None:
    """Where every second fail is followed by another, five in a row are no rarity."""
    assert consecutive(0.01, TWO_DAYS, 5, again=0.5) == pytest.approx(0.164, abs=1e-3)


@pytest.mark.parametrize("fails", [1, 2, 3, 10])
@pytest.mark.parametrize(("rate", "again"), [(0.3, 0.3), (0.2, 0.7), (0.5, 0.1)])
def test_it_is_the_sum_over_every_course_of_nine_checks(fails: int, rate: float, again: float) -> None:
    """Counted one by one, 512 of them."""
    courses = [*product([False, True], repeat=9)]
    in_row = sum(chance(one, rate, again) for one in courses if longest_row(one) >= fails)
    assert consecutive(rate, 9, fails, again) == pytest.approx(in_row, abs=1e-12)
    in_all = sum(chance(one, rate, rate) for one in courses if sum(one) >= fails)
    assert cumulative(rate, 9, fails) == pytest.approx(in_all, abs=1e-12)


def test_a_plan_adds_up_its_phases_its_watch_and_its_critical_criteria() -> None:
    """Three checks in one phase, two in the next, one in the watch; what only tells counts for nothing."""
    phases = (
        Phase("10 %", 0.1, dwell_s=25, criteria=(ECE, NOTE)),
        Phase("1", 1.0, dwell_s=20, criteria=(ECE, DRIFT)),
    )
    plan = Plan("p", phases, check_every_s=10, fails=2, inconclusives=2, watch_s=19)
    three, two = 1 - (2 * 0.01 - 0.001), 1 - 0.01  # 110, 011 and 111 of three; 11 of two, at a rate of 0.1
    assert by_chance(plan, 0.1) == pytest.approx(1 - three * two**2)


def test_no_checks_no_alarms() -> None:
    """And a limit of one is met by the first fail."""
    assert consecutive(0.5, 0, 1) == 0.0
    assert consecutive(1.0, 1, 1) == 1.0


@pytest.mark.parametrize(
    "bad", [{"rate": 1.5}, {"rate": -0.1}, {"fails": 0}, {"again": 2.0}, {"rate": 0.9, "again": 0.1}]
)
def test_rates_that_cannot_be_are_refused(bad: dict[str, float]) -> None:
    """Also two that do not fit: nine of ten checks cannot fail if hardly any fail follows another."""
    args: dict = {"rate": 0.1, "checks": 5, "fails": 2} | bad  # type: ignore[type-arg]
    with pytest.raises(ValueError, match="must be probabilities"):
        consecutive(**args)
