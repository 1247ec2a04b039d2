"""One simulated run of a rollout, from its start to what becomes of the challenger."""

from __future__ import annotations

from typing import NamedTuple

from flows.rollout_trials.market import FAULTY, GOOD, START, Stretch, simulated
from flows.rollout_trials.measuring import Measures
from flows.rollout_trials.trading import curves
from models.profiles.profile import Profile
from models.rollout.events import Approve, Check, RollBack, Start
from models.rollout.machine import Machine
from models.rollout.plan import Criterion, Plan
from models.shadow.books import earned
from models.shadow.comparison import book_samples
from models.shadow.paired import Paired
from models.shadow.sequential import ALPHA, worse
from models.shadow.sums import BLOCK_S, ONE
from models.verdict.checking import checked, of_samples
from models.verdict.verdict import Verdict, decide

WORSE = Criterion("not_worse", "shadow.worse_p", "all", ">", ALPHA)
"""The relative rule, for a profile that does not have it."""
ROLLED_BACK, PROMOTED, EXTENDED = "rolled back", "promoted", "extended"
_CUT = 4
"""Pieces in which the rows of a run are given to the stage; it must not matter."""


class Trial(NamedTuple):
    """What became of one challenger."""

    outcome: str  # rolled back, promoted or extended
    by: str  # criterion, or "verdict", that rolled it back, else empty
    hours: float  # at which it was decided
    worse: bool  # whether the relative rule alone calls it worse by the end
    brier: float  # difference in Brier score, above 0 is worse


def trials(seed: int, hours: float, profile: Profile, *, literal: bool = False) -> dict[str, Trial]:
    """Return what becomes of the good and of the faulty challenger in one market."""
    stretch = simulated(seed, round(hours * 3_600))
    return {name: trial(stretch, name, profile, literal=literal) for name in (GOOD, FAULTY)}


def trial(stretch: Stretch, name: str, profile: Profile, *, literal: bool = False) -> Trial:
    """Return what becomes of a challenger in a profile's rollout; ``literal``: how its verdict is read."""
    rows, paired = stretch.rows(name), Paired()
    size = -(-len(rows) // _CUT)
    for first in range(0, len(rows), size):
        paired.step(rows[first : first + size])
    end = START + stretch.price.shape[1]
    blocks = paired.blocks(end)
    measures, machine = Measures(blocks), Machine(marathon_plan(profile.plan))
    second = _run(machine, measures, name, end)
    if machine.place.state == "rolled_back":
        outcome, by = ROLLED_BACK, _cause(machine)
    else:
        verdict = _verdict(measures, stretch, name, profile, literal=literal)
        outcome, by = _decided(machine, verdict, second)
    apart = int((blocks.counted("brier_challenger") - blocks.counted("brier_active")).sum())
    brier = apart / ONE / max(int(blocks.counted("n").sum()), 1)
    return Trial(outcome, by, (second - START) / 3_600, worse(blocks).worse, brier)


def _run(machine: Machine, measures: Measures, name: str, end: int) -> int:
    """Check a run until it is rolled back, waits for its verdict, or its time is over; return the second."""
    machine.step(Start("trial", name, START, (end - START) / 3_600))
    plan = machine.plan
    for second in range(START + plan.check_every_s, end + 1, plan.check_every_s):
        machine.step(_check(measures, plan, machine.state.at, second))
        if machine.place.state in ("rolled_back", "waiting"):
            return second
    return end


def marathon_plan(plan: Plan) -> Plan:
    """Return the plan with the relative rule in every phase; the end waits for the verdict's approval."""
    phases = [
        phase
        if any(one.metric == WORSE.metric for one in phase.criteria)
        else phase._replace(criteria=(*phase.criteria, WORSE))
        for phase in plan.phases
    ]
    return plan._replace(phases=(*phases[:-1], phases[-1]._replace(approve=True)))


def _check(measures: Measures, plan: Plan, phase: int, second: int) -> Check:
    ended = (second - START) // BLOCK_S
    criteria = plan.phases[phase].criteria
    results = tuple(checked(one, measures.sample(one, ended)) for one in criteria)
    return Check(second, results, measures.effective[ended])


def _cause(machine: Machine) -> str:
    tallies, fails = machine.state.tallies, machine.plan.fails
    return " and ".join(name for name, tally in tallies.items() if tally.fails_in_row >= fails)


def _verdict(measures: Measures, stretch: Stretch, name: str, profile: Profile, *, literal: bool) -> Verdict:
    books = {one.metric: one for one in book_samples(earned(curves(stretch, name)))}
    ended = len(measures.effective) - 1
    own = {
        one.metric: measures.sample(one, ended)
        for criteria in profile.verdict.values()
        for one in criteria
        if one.metric not in books
    }
    return decide(profile.verdict, of_samples(own | books), literal=literal)


def _decided(machine: Machine, verdict: Verdict, second: int) -> tuple[str, str]:
    """Return what a verdict leads to; a run that is not ripe is not promoted."""
    if verdict.decision == "ROLLBACK":
        machine.step(RollBack(second, "verdict", "; ".join(verdict.reasons)))
        return ROLLED_BACK, "verdict"
    if verdict.decision == "PROMOTE" and machine.place.state == "waiting":
        machine.step(Approve(second, "verdict"))
        return PROMOTED, ""
    return EXTENDED, ""
