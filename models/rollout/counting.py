"""A check's results taken into the state: complete, counted, and the time before them credited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.rollout.events import Check
from models.rollout.plan import OUTCOMES, Checked, Criterion, Plan
from models.rollout.standing import critical_of
from models.rollout.state import State
from models.rollout.tally import Tally


def complete(criteria: Sequence[Criterion], results: Sequence[Checked]) -> tuple[Checked, ...]:
    """Return one result of each criterion, in their order; one that is missing has no data.

    ``ValueError`` for a result of something else, of an unknown outcome, or for two of one criterion.
    """
    found = {one.criterion: one for one in results}
    known = [one.name for one in criteria]
    if found.keys() - set(known) or len(found) < len(results):
        raise ValueError(f"a check needs at most one result each of {known}, and of nothing else")
    if any(one.outcome not in OUTCOMES for one in results):
        raise ValueError(f"an outcome must be one of {', '.join(OUTCOMES)}")
    return tuple(
        found.get(name) or Checked(name, "no-data", None, None, "not in the check") for name in known
    )


def counted(plan: Plan, state: State, event: Check, results: tuple[Checked, ...]) -> State:
    """Return the state with a check in it.

    Only watched time is dwelt: of what has run, no more than lies between two checks is credited. A fail
    of what is critical takes back an approval, which was given on evidence that no longer stands.
    """
    tallies = {one.criterion: state.tallies.get(one.criterion, Tally()).after(one.outcome) for one in results}
    new = replace(
        state, checked=event.second, served=state.served + min(state.ran, plan.check_every_s), ran=0,
        samples=event.samples, tallies={**state.tallies, **tallies}, results=results,
    )  # fmt: skip
    failed = any(one.outcome == "fail" for one in critical_of(plan, new))
    return replace(new, approved="") if failed else new
