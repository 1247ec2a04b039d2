"""The decision record: what was decided of a run, on which figures, and what would have changed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from models.rollout.plan import Checked, Criterion, Plan
from models.rollout.standing import numbers, phase_of, place_of
from models.rollout.state import State
from models.rollout.tally import Tally

Decision = Literal["PROMOTE", "EXTEND", "ROLLBACK"]


def decide(plan: Plan, state: State, decision: Decision, reason: str) -> dict[str, Any]:
    """Return the record of a decision as plain data; ``state`` is the one it was made in.

    ``criteria`` has of each criterion of the phase: outcome, value, n, its counts over the run, ``room`` (the
    distance to its limit, negative where it is missed), and what would change its outcome.
    """
    found = {one.criterion: one for one in state.results}
    rows = [
        _row(one, found.get(one.name), state.tallies.get(one.name, Tally()))
        for one in phase_of(plan, state).criteria
    ]
    return {
        "decision": decision, "reason": reason, "profile": plan.profile, "run": state.run,
        "model": state.model, "phase": place_of(plan, state).phase, "second": state.second,
        **{key: value for key, value in numbers(plan, state).items() if key != "counts"},
        "criteria": rows, "would_change": _would_change(plan, state, decision, rows),
    }  # fmt: skip


def _row(criterion: Criterion, found: Checked | None, tally: Tally) -> dict[str, Any]:
    value = None if found is None else found.value
    return {
        "criterion": criterion.name, "requirement": criterion.requirement, "metric": criterion.metric,
        "scope": criterion.scope, "op": criterion.op, "limit": criterion.value,
        "critical": criterion.critical, "outcome": "no-data" if found is None else found.outcome,
        "value": value, "n": None if found is None else found.n, "least_n": criterion.least_n,
        "counts": tally._asdict(), "room": None if value is None else _room(criterion, value),
    } | {"change": _change(criterion, found)}  # fmt: skip


def _room(criterion: Criterion, value: float) -> float:
    return criterion.value - value if criterion.op in ("<", "<=") else value - criterion.value


def _change(criterion: Criterion, found: Checked | None) -> str:
    asked = f"{criterion.metric} {criterion.op} {criterion.value:g}"
    if found is None or found.value is None:
        return f"needs a measurement of {asked}"
    if found.outcome == "inconclusive" and criterion.least_n > (found.n or 0):
        return f"needs {criterion.least_n - (found.n or 0)} samples more to judge {asked}"
    room, strict = _room(criterion, found.value), criterion.op in ("<", ">")
    if found.outcome == "success":
        return f"fails where {criterion.metric} gets worse by {_beyond(room, strict=not strict)}"
    return f"needs {criterion.metric} better by {_beyond(-room, strict=strict)} to hold {asked}"


def _beyond(room: float, *, strict: bool) -> str:
    return f"more than {room:.6g}" if strict else f"{room:.6g} or more"


def _would_change(
    plan: Plan, state: State, decision: Decision, rows: Sequence[Mapping[str, Any]]
) -> list[str]:
    # In words: what would have led to another decision.
    critical = [row for row in rows if row["critical"]]
    if decision == "PROMOTE":
        return [f"{row['criterion']}: {row['change']}" for row in critical]
    unmet = [f"{row['criterion']}: {row['change']}" for row in critical if row["outcome"] != "success"]
    retry = ["a retry, which a person must ask for"] if decision == "ROLLBACK" else []
    return [*_missing(plan, state), *unmet, *retry]


def _missing(plan: Plan, state: State) -> list[str]:
    figures = numbers(plan, state)
    dwell = figures["dwell_needed_s"] - figures["dwell_s"]
    samples = figures["samples_needed"] - figures["samples"]
    return [f"{left} {what} more" for left, what in ((dwell, "s"), (samples, "samples")) if left > 0]
