"""The three ways on from a phase: to the next one, to the end of the plan, and back."""

from __future__ import annotations

from dataclasses import replace

from models.rollout import wanted
from models.rollout.course import Course
from models.rollout.decision import decide
from models.rollout.state import Life, State, fresh


def leave(course: Course) -> None:
    """Go on to what follows the phase that the run is in; none is ever passed over."""
    reason = _shown(course)
    if course.state.watching:
        course.tell("finished", reason, _over(course.state, "finished"))
    elif course.state.at + 1 < len(course.plan.phases):
        following = course.plan.phases[course.state.at + 1]
        new = fresh(course.state, at=course.state.at + 1)
        course.tell("entered", reason, new, wants=(wanted.enter(course.plan, following),))
    else:
        _end(course, reason)


def roll_back(course: Course, reason: str, *, sent: bool = False) -> None:
    """End the run, and remember its bundle as failed; ``sent``: the desk has had the command already."""
    state = course.state
    why = {"second": state.second, "reason": reason}
    decision = decide(course.plan, state, "ROLLBACK", reason)
    new = replace(_over(state, "rolled_back"), failed={**state.failed, state.model: why})
    course.tell("rolled_back", reason, new, wants=() if sent else (wanted.roll_back(reason),))
    course.tell("decision", reason, figures=decision)


def _end(course: Course, reason: str) -> None:
    state, plan = course.state, course.plan
    decision = decide(plan, state, "PROMOTE", reason)
    new = fresh(state, watching=True) if plan.watch_s else _over(state, "finished")
    if plan.of == "challenger":
        course.tell("promoted", reason, new, wants=(wanted.promote(state.model, reason),))
    else:
        course.tell("entered" if plan.watch_s else "finished", reason, new)
    course.tell("decision", reason, figures=decision)


def _over(state: State, life: Life) -> State:
    return replace(state, life=life, paused="", suspended="", approved="")


def _shown(course: Course) -> str:
    state, critical = course.state, len(course.phase.critical)
    told = f"{state.served} s dwelt, {state.samples} samples, all of {critical} critical criteria hold"
    return f"{told}, approved by {state.approved}" if state.approved else told
