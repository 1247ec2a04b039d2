"""What a check leads to: going back, pausing, going on, or saying that more time is needed."""

from __future__ import annotations

from dataclasses import replace

from models.rollout.counting import complete, counted
from models.rollout.course import Course
from models.rollout.decision import decide
from models.rollout.events import Check
from models.rollout.moving import leave, roll_back
from models.rollout.pausing import settle
from models.rollout.plan import Checked
from models.rollout.standing import critical_of, dwell_of, may_leave, numbers, shown


def take_check(course: Course, event: Check) -> None:
    """Take in a check of a run under way; without one it says nothing.

    ``ValueError`` for a check that does not come after the one before.
    """
    if not course.state.live:
        return
    if event.second <= course.state.checked:
        raise ValueError(f"a check at {event.second} comes after one at {course.state.checked}")
    results = complete(course.phase.criteria, event.results)
    new = counted(course.plan, course.state, event, results)
    told, figures = _in_words(critical_of(course.plan, new)), numbers(course.plan, new)
    course.tell("check", told, new, checks=results, figures=figures)
    worn = _worn(course)
    if worn:
        roll_back(course, f"{worn}: {course.plan.fails} failed checks in a row")
        return
    settle(course)
    _go_on(course)


def _go_on(course: Course) -> None:
    plan, state = course.plan, course.state
    if not shown(plan, state):
        _ask_for_time(course)
    elif state.counts_time and may_leave(plan, state):
        leave(course)


def _ask_for_time(course: Course) -> None:
    plan, state = course.plan, course.state
    last = state.at + 1 == len(plan.phases) and not state.watching
    if last and state.served >= dwell_of(plan, state) and not state.told:
        reason = f"the last phase is {state.served} s old, and not all is shown yet"
        decision = decide(plan, state, "EXTEND", reason)
        course.tell("decision", reason, replace(state, told=True), figures=decision)


def _worn(course: Course) -> str:
    tallies, limit = course.state.tallies, course.plan.fails
    return ", ".join(one.name for one in course.phase.critical if tallies[one.name].fails_in_row >= limit)


def _in_words(critical: tuple[Checked, ...]) -> str:
    open_ = [f"{one.criterion}: {one.outcome} ({one.why})" for one in critical if one.outcome != "success"]
    return "; ".join(open_) or f"all of {len(critical)} critical criteria hold"
