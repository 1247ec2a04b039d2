"""Simulated rollouts: the market they run in, what becomes of challengers, and how that is counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
import pytest
import typer
from scipy.stats import beta
from typer.testing import CliRunner

from connectors.profile_file import profile_named
from flows.commands.verify_rollout import verify_rollout
from flows.rollout_trials.market import FAULTY, GOOD, START, simulated
from flows.rollout_trials.measuring import Measures
from flows.rollout_trials.result import outcomes_of, result_of, share_of
from flows.rollout_trials.running import tried
from flows.rollout_trials.trading import curves
from flows.rollout_trials.trial import EXTENDED, PROMOTED, ROLLED_BACK, Trial, marathon_plan, trials
from models.profiles.profile import Profile
from models.shadow import intervals
from models.shadow.paired import Paired
from models.shadow.sequential import ALPHA, DECLARED, worse

HOUR = 3_600


@pytest.fixture
def marathon() -> Profile:
    """Return the marathon as it is run."""
    return profile_named(Path("configs/profiles"), "marathon")


def test_the_market_has_what_real_ones_have() -> None:
    """Seconds without a trade, prices in ticks, symbols that move together; and it is the same each time."""
    stretch = simulated(3, 4 * HOUR)
    assert 0.89 < stretch.traded.mean() < 0.91
    moves = np.diff(np.log(stretch.price), axis=1).reshape(2, -1)[:, : 4 * HOUR - 60]
    minutes = np.add.reduceat(moves, np.arange(0, moves.shape[1], 60), axis=1)
    assert 0.5 < np.corrcoef(minutes)[0, 1] < 0.85
    assert np.allclose(stretch.price * 1e5, np.rint(stretch.price * 1e5), atol=1e-6)
    again = simulated(3, 4 * HOUR)
    assert np.array_equal(stretch.price, again.price)
    assert np.array_equal(stretch.challengers[FAULTY], again.challengers[FAULTY])


def test_the_good_challenger_is_as_good_and_the_faulty_one_as_bad_as_declared() -> None:
    """Over four days of eight markets: no difference in Brier score, and one of 0.01."""
    found: dict[str, list[float]] = {GOOD: [], FAULTY: []}
    for seed in range(8):
        stretch = simulated(seed, 12 * HOUR)
        for name, apart in found.items():
            paired = Paired()
            paired.step(stretch.rows(name))
            blocks = paired.blocks(START + 12 * HOUR)
            loss = blocks.summed("brier_challenger") - blocks.summed("brier_active")
            apart.append(float(loss.sum() / blocks.counted("n").sum()))
    assert np.mean(found[GOOD]) == pytest.approx(0.0, abs=0.001)
    assert np.mean(found[FAULTY]) == pytest.approx(DECLARED, abs=0.002)


def test_what_a_check_measures_is_what_the_stage_shows_by_then() -> None:
    """The path over all checks, worked out at once, against a look at each."""
    stretch = simulated(1, 3 * HOUR)
    paired = Paired()
    paired.step(stretch.rows(FAULTY))
    whole = paired.blocks(START + 3 * HOUR)
    measures = Measures(whole)
    plan = marathon_plan(profile_named(Path("configs/profiles"), "marathon").plan)
    asked = {one.metric: one for one in plan.phases[-1].criteria}
    for ended in (1, 5, 13, 18):
        by_then = paired.blocks(START + ended * 600)
        assert measures.effective[ended] == by_then.horizons
        seen = measures.sample(asked["shadow.worse_p"], ended)
        assert seen.value == pytest.approx(worse(by_then).p)
        calibration = measures.sample(asked["calibration.ece"], ended)
        known = ended >= 12
        assert calibration.value == (pytest.approx(intervals.ece(by_then, "challenger")) if known else None)
        assert measures.sample(asked["drift.psi"], ended).value == pytest.approx(-0.8)


def test_books_follow_the_word_of_their_model() -> None:
    """One mark a minute from the start on; who trades on the same word earns the same."""
    stretch = simulated(2, 2 * HOUR)
    found = curves(stretch, GOOD)
    assert len(found.ts) == 121
    assert (found.active[0], found.challenger[0]) == (1.0, 1.0)
    assert found.trades > 0
    twin = type(stretch)(stretch.price, stretch.traded, stretch.active, {GOOD: stretch.active})
    same = curves(twin, GOOD)
    assert same.challenger.tolist() == same.active.tolist() == found.active.tolist()


def test_a_faulty_challenger_is_rolled_back_and_a_good_one_is_not(marathon: Profile) -> None:
    """Six runs of eight hours each."""
    found = [trials(seed, 8.0, marathon) for seed in range(6)]
    assert [each[GOOD].outcome for each in found].count(ROLLED_BACK) == 0
    assert [each[FAULTY].outcome for each in found].count(ROLLED_BACK) >= 5
    caught = [each[FAULTY] for each in found if each[FAULTY].outcome == ROLLED_BACK]
    assert {one.by for one in caught} <= {"ece", "not_worse", "ece and not_worse"}
    assert max(one.hours for one in caught) < 8


@pytest.mark.slow
def test_two_dozen_runs_of_two_days(marathon: Profile) -> None:
    """None of the good is rolled back, all of the faulty are, nearly all by the relative rule alone too."""
    found = result_of(range(24), 48.0, tried(range(24), 48.0, marathon, 2, lambda _: None))
    assert found.holds
    assert found.good.shares[ROLLED_BACK].times == 0
    assert found.faulty.shares[ROLLED_BACK].times == 24
    assert found.good.rule.times == 0
    assert found.faulty.rule.times >= 22
    assert found.good.shares[PROMOTED].times + found.good.shares[EXTENDED].times == 24


@pytest.mark.slow
def test_read_literally_a_verdict_is_a_coin(marathon: Profile) -> None:
    """Of twenty challengers as good as the model in use it rolls back a quarter to three quarters."""
    found = tried(range(20), 48.0, marathon, 1, lambda _: None, literal=True)
    back = [each[GOOD] for each in found if each[GOOD].outcome == ROLLED_BACK]
    assert 5 <= len(back) <= 15
    assert {one.by for one in back} == {"verdict"}


def test_the_relative_rule_is_in_force_once(marathon: Profile) -> None:
    """It is added where a profile lacks it; the end of a plan waits for the verdict."""
    plan = marathon_plan(marathon.plan)
    for phase in plan.phases:
        rules = [one for one in phase.criteria if one.metric == "shadow.worse_p"]
        assert [(one.op, one.value, one.critical) for one in rules] == [(">", ALPHA, True)]
    bare = marathon.plan._replace(
        phases=tuple(phase._replace(criteria=phase.criteria[:1]) for phase in marathon.plan.phases)
    )
    assert [len(phase.criteria) for phase in marathon_plan(bare).phases] == [2] * len(bare.phases)
    assert plan.phases[-1].approve


@pytest.mark.parametrize(("times", "of"), [(0, 500), (1, 500), (4, 500), (497, 500), (500, 500), (1, 1)])
def test_intervals_of_shares_are_exact(times: int, of: int) -> None:
    """Clopper and Pearson's, by the quantiles of the beta distribution."""
    low = beta.ppf(0.025, times, of - times + 1) if times else 0.0
    high = beta.ppf(0.975, times + 1, of - times) if times < of else 1.0
    found = share_of(times, of)
    assert (found.value, found.low, found.high) == pytest.approx((times / of, low, high))


def one(outcome: str, hours: float = 48.0, by: str = "", worse: bool = False) -> Trial:
    """Return a trial."""
    return Trial(outcome, by, hours, worse, 0.01)


def test_outcomes_are_counted_by_kind_and_cause() -> None:
    """With the median time of rollbacks."""
    found = outcomes_of([
        one(ROLLED_BACK, 2, "ece", True), one(ROLLED_BACK, 4, "ece"), one(ROLLED_BACK, 9, "not_worse", True),
        one(PROMOTED), one(EXTENDED),
    ])  # fmt: skip
    assert {name: share.times for name, share in found.shares.items()} == {
        ROLLED_BACK: 3, PROMOTED: 1, EXTENDED: 1,
    }  # fmt: skip
    assert (found.causes, found.rolled_back_hours, found.rule.times) == ({"ece": 2, "not_worse": 1}, 4.0, 2)
    assert found.brier == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("good", "faulty", "holds"), [(0, 96, True), (1, 96, False), (0, 95, False), (0, 100, True)]
)
def test_it_holds_below_one_percent_and_above_ninety_five(good: int, faulty: int, holds: bool) -> None:
    """Both strictly, of a hundred seeds."""
    found = [
        {
            GOOD: one(ROLLED_BACK if seed < good else EXTENDED),
            FAULTY: one(ROLLED_BACK if seed < faulty else EXTENDED),
        }
        for seed in range(100)
    ]
    assert result_of(range(100), 48.0, found).holds == holds


def run(*arguments: str) -> tuple[int, str]:
    """Run the command; return its exit code and what it printed."""
    app = typer.Typer()
    app.command()(verify_rollout)
    found = CliRunner().invoke(app, arguments)
    return found.exit_code, found.output


def test_the_command_as_json() -> None:
    """Counts, intervals and seeds; runs of two hours are too short to catch anything for sure."""
    code, said = run("--seeds", "2", "--hours", "2", "--first-seed", "7", "--json")
    told = orjson.loads(said)
    assert (told["seeds"], told["hours"]) == ([7, 8], 2.0)
    assert code == (0 if told["holds"] else 1)
    for kind in ("as_good", "faulty"):
        assert sum(told[kind][name]["times"] for name in ("rolled_back", "promoted", "extended")) == 2
    assert told["faulty"]["rolled_back"]["of"] == 2


def test_the_command_as_text() -> None:
    """A line for each kind, and the verdict; an unknown profile is named."""
    code, said = run("--seeds", "1", "--hours", "2")
    assert code in (0, 1)
    assert "as good" in said
    assert "faulty" in said
    assert "wanted: under 1 % of the good rolled back" in said
    code, said = run("--seeds", "1", "--profile", "nobody")
    assert code == 2
    assert "there is no profile 'nobody'" in said
