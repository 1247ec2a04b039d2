"""What people ask of a run: granted and told, or refused with what to do instead."""

from __future__ import annotations

from dataclasses import replace

from models.rollout import wanted
from models.rollout.course import Course
from models.rollout.decision import decide
from models.rollout.events import Approve, Extend, Resume, Retry, RollBack, Start, Suspend
from models.rollout.hours import for_hours, hours_problem
from models.rollout.moving import roll_back
from models.rollout.plan import Plan
from models.rollout.standing import dwell_of, numbers, word_of
from models.rollout.state import State, fresh

NO_RUN = "no run is under way: start one first"


def start(course: Course, wish: Start) -> None:
    """Begin a run at the first phase, unless one is under way or its bundle has failed before."""
    why = _start_problem(course.plan, course.state, wish)
    if why:
        course.refuse(why)
        return
    new = fresh(
        course.state, life="live", run=wish.run, model=wish.model, hours=wish.hours, at=0, watching=False,
        tallies={},
    )  # fmt: skip
    plan = for_hours(course.plan, wish.hours)
    first = wanted.enter(plan, plan.phases[0])
    course.tell("started", "asked for", new, wants=(first,), figures=numbers(plan, new))


def _start_problem(plan: Plan, state: State, wish: Start) -> str:
    if state.live:
        return f"run {state.run} is under way: roll it back, or let it finish"
    if wish.model in state.failed:
        why = state.failed[wish.model]["reason"]
        return f"bundle '{wish.model}' was rolled back ({why}): allow it with rollout.retry first"
    if plan.of == "challenger" and not wish.model:
        return "the plan rolls out a challenger: name the model"
    return hours_problem(plan, wish.hours)


def approve(course: Course, wish: Approve) -> None:
    """Remember an approval; the phase is left at the next check if all still holds by then."""
    word = word_of(course.plan, course.state)
    if word != "waiting":
        course.refuse(f"nothing waits for an approval, the run is {word}: approve when it waits")
        return
    course.tell("approved", f"by {wish.by}", replace(course.state, approved=wish.by))


def suspend(course: Course, wish: Suspend) -> None:
    """Hold the run where it is, its share as it is; checks go on, and may still roll it back."""
    if not course.state.live:
        course.refuse(NO_RUN)
    elif course.state.suspended:
        course.refuse(f"it is suspended already, {course.state.suspended}: resume it first")
    else:
        reason = f"by {wish.by}: {wish.reason}"
        course.tell("suspended", reason, replace(course.state, suspended=reason))


def resume(course: Course, wish: Resume) -> None:
    """End a suspension; a pause goes on, since it ends by evidence alone."""
    if course.state.suspended:
        course.tell("resumed", f"by {wish.by}: {wish.reason}", replace(course.state, suspended=""))
    elif course.state.paused:
        course.refuse("it is paused, which ends by itself with the first check that finds something")
    else:
        course.refuse("nothing is suspended")


def retry(course: Course, wish: Retry) -> None:
    """Allow a failed bundle to be started again; it does not start it."""
    state = course.state
    last = max(state.failed, key=lambda one: (state.failed[one]["second"], one), default=None)
    model = last if wish.model is None else wish.model
    if model is None or model not in state.failed:
        course.refuse(f"no bundle has failed that is called '{model or ''}'; failed: {sorted(state.failed)}")
        return
    left = {reference: what for reference, what in state.failed.items() if reference != model}
    back = state.life == "rolled_back" and state.model == model
    new = replace(state, failed=left, life="idle" if back else state.life)
    course.tell("retried", f"'{model}' may be started again, by {wish.by}: {wish.reason}", new)


def ask_back(course: Course, wish: RollBack) -> None:
    """Roll back, from wherever the run is."""
    if course.state.live:
        roll_back(course, f"by {wish.by}: {wish.reason}", sent=wish.sent)
    else:
        course.refuse(NO_RUN)


def extend(course: Course, wish: Extend) -> None:
    """Make the present phase longer; an approval given on the shorter one ends."""
    state, now = course.state, dwell_of(course.plan, course.state)
    if not state.live or state.watching:
        course.refuse("no phase is under way that could be extended")
    elif wish.until_s <= max(now, state.served):
        course.refuse(f"the phase takes {max(now, state.served)} s already: extend it to more than that")
    else:
        reason = f"the phase takes {wish.until_s} s instead of {now} s"
        decision = decide(course.plan, state, "EXTEND", reason)
        new = replace(state, until=wish.until_s, approved="", told=False)
        course.tell("decision", reason, new, figures=decision)
