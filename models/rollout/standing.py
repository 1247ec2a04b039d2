"""What follows from a plan and a state: where the run is, what it has shown, and by which figures."""

from __future__ import annotations

from typing import Any

from models.rollout.plan import WATCH, Checked, Phase, Plan
from models.rollout.state import State
from models.rollout.transition import Place, Word


def phase_of(plan: Plan, state: State) -> Phase:
    """Return the phase that a run is in; of one that is watched, the last."""
    return plan.phases[state.at]


def word_of(plan: Plan, state: State) -> Word:
    """Return the state in one word; a person's suspension hides a pause."""
    if state.life != "live":
        return state.life
    if state.suspended:
        return "suspended"
    if state.paused:
        return "paused"
    if state.watching:
        return "watching"
    return "waiting" if shown(plan, state) and not may_leave(plan, state) else "running"


def place_of(plan: Plan, state: State) -> Place:
    """Return the state in one word, and the name of its phase."""
    if state.life == "idle":
        return Place("idle", "")
    return Place(word_of(plan, state), WATCH if state.watching else phase_of(plan, state).name)


def critical_of(plan: Plan, state: State) -> tuple[Checked, ...]:
    """Return the results of the last check of criteria that are critical."""
    critical = {one.name for one in phase_of(plan, state).critical}
    return tuple(one for one in state.results if one.criterion in critical)


def shown(plan: Plan, state: State) -> bool:
    """Return whether the last check left nothing open: time, samples, and success of all that is critical."""
    phase, outcomes = phase_of(plan, state), {one.criterion: one.outcome for one in state.results}
    if state.served < dwell_of(plan, state):
        return False
    enough = state.watching or state.samples >= phase.least_samples
    return enough and all(outcomes.get(one.name) == "success" for one in phase.critical)


def may_leave(plan: Plan, state: State) -> bool:
    """Return whether no person's approval is missing."""
    return state.watching or not phase_of(plan, state).approve or bool(state.approved)


def dwell_of(plan: Plan, state: State) -> int:
    """Return the seconds that the present phase, or the watch behind the last, must be dwelt in."""
    return plan.watch_s if state.watching else state.until or phase_of(plan, state).dwell_s


def numbers(plan: Plan, state: State) -> dict[str, Any]:
    """Return the figures that a transition goes by, as plain data."""
    return {
        "dwell_s": state.served,
        "dwell_needed_s": dwell_of(plan, state),
        "samples": state.samples,
        "samples_needed": 0 if state.watching else phase_of(plan, state).least_samples,
        "counts": {name: tally._asdict() for name, tally in state.tallies.items()},
    }
