"""A machine's state across restarts, also under a plan that has changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.rollout.plan import Plan
from models.rollout.state import State


class OtherPlanError(ValueError):
    """The run under way follows another plan; the message says what to do."""


def saved_form(plan: Plan, state: State) -> dict[str, Any]:
    """Return a state as plain data, with what tells whose it is."""
    return {"profile": plan.profile, "phases": [one.name for one in plan.phases], "state": state.as_dict()}


def restored(plan: Plan, saved: Mapping[str, Any]) -> State:
    """Return the state to go on with.

    A plan of the same profile and phases goes on, its numbers taken as they are now. For another one only
    the failed bundles are remembered, unless a run is under way, which raises ``OtherPlanError``.
    """
    state = State.from_dict(saved["state"])
    if (saved["profile"], [*saved["phases"]]) == (plan.profile, [one.name for one in plan.phases]):
        return state
    if state.live:
        raise OtherPlanError(
            f"run {state.run} follows profile '{saved['profile']}' with the phases "
            f"{', '.join(saved['phases'])}, not '{plan.profile}' as it is now: go back to that file, "
            "and roll the run back or let it finish"
        )
    return State(second=state.second, checked=state.checked, failed=state.failed)
