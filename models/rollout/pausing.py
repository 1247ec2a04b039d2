"""Pauses: a run stands where nothing can be said, and goes on by itself when something can."""

from __future__ import annotations

from dataclasses import replace

from models.rollout.course import Course
from models.rollout.plan import CONCLUSIVE
from models.rollout.standing import critical_of
from models.rollout.transition import Kind


def settle(course: Course) -> None:
    """Pause or resume behind a check.

    A pause begins where one critical criterion has had no finding for ``inconclusives`` checks in a row. It
    ends with the first check in which every critical criterion has one, be it a success or a fail: a fail
    is a finding too, counts, and keeps the phase from being left.
    """
    state, limit = course.state, course.plan.inconclusives
    unsure = [one for one in critical_of(course.plan, state) if one.outcome not in CONCLUSIVE]
    if state.paused and not unsure:
        _now(course, "resumed", "every critical criterion has a finding again", paused="")
        return
    worn = [one for one in unsure if state.tallies[one.criterion].unsure_in_row >= limit]
    if worn and not state.paused:
        told = "; ".join(f"{one.criterion}: {one.outcome} ({one.why})" for one in worn)
        why = f"{limit} checks in a row without a finding, the last {told}"
        _now(course, "paused", why, paused=why)


def stand_still(course: Course, why: str) -> None:
    """Pause because no check can be made at all; without a run, or in a pause, it says nothing."""
    if course.state.live and not course.state.paused:
        why = f"nothing to check: {why}"
        _now(course, "paused", why, paused=why)


def _now(course: Course, event: Kind, reason: str, *, paused: str) -> None:
    # Under a person's suspension the pause is kept, and told of only by what the resumption leads to.
    new = replace(course.state, paused=paused)
    if new.suspended:
        course.state = new
    else:
        course.tell(event, reason, new)
