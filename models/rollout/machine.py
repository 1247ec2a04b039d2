"""The rollout machine: events in, transitions out; where a run is, is a function of them alone.

A phase is left only at a check at which its dwell time is served, its samples are there, every critical
criterion succeeds, and (where it asks for that) a person has approved; the next phase follows, none is
passed over. Rolling back is possible from everywhere in a run, a suspension included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from models.rollout import wishes
from models.rollout.checks import take_check
from models.rollout.course import Course
from models.rollout.events import Approve, Check, Event, Extend, Lost, Resume, Retry, RollBack, Start, Suspend
from models.rollout.hours import for_hours
from models.rollout.pausing import stand_still
from models.rollout.plan import Plan
from models.rollout.resuming import restored, saved_form
from models.rollout.sound import require_sound
from models.rollout.standing import place_of
from models.rollout.state import State, moved_to
from models.rollout.transition import Place, Transition


class Machine:
    """The state of one profile's rollout; at most one run is under way.

    ``BadPlanError`` for a plan that cannot be followed, ``OtherPlanError`` where the saved run follows
    another one.
    """

    def __init__(self, plan: Plan, saved: Mapping[str, Any] | None = None) -> None:
        require_sound(plan)
        self._written = plan
        self._state = restored(plan, saved) if saved else State()

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return saved_form(self._written, self._state)

    @property
    def plan(self) -> Plan:
        """Return the plan with the dwell times of the run under way."""
        return for_hours(self._written, self._state.hours)

    @property
    def state(self) -> State:
        """Return the whole state, an immutable value."""
        return self._state

    @property
    def place(self) -> Place:
        """Return where the run is."""
        return place_of(self.plan, self._state)

    def step(self, event: Event) -> list[Transition]:
        """Take in one event and return what follows, in order; ``ValueError`` where time runs backwards."""
        plan = self._written if isinstance(event, Start) and not self._state.live else self.plan
        course = Course(plan, moved_to(self._state, event.second))
        _TAKEN[type(event)](course, event)
        self._state = course.state
        return course.told


_TAKEN: dict[type, Callable[[Course, Any], None]] = {
    Start: wishes.start,
    Check: take_check,
    Approve: wishes.approve,
    Suspend: wishes.suspend,
    Resume: wishes.resume,
    Retry: wishes.retry,
    RollBack: wishes.ask_back,
    Extend: wishes.extend,
    Lost: lambda course, event: stand_still(course, cast(Lost, event).why),
}
