"""Whether a plan can be followed at all; said of the plan, before anything is rolled out by it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from models.rollout.plan import ROLLOUTS, WATCH, Phase, Plan, Rollout
from models.rules.rule import OPS


class BadPlanError(ValueError):
    """The plan cannot be followed; the message names the place and says what it needs."""


def require_sound(plan: Plan) -> None:
    """Raise ``BadPlanError`` with everything that is wrong with a plan."""
    found = [*_of_plan(plan), *(what for phase in plan.phases for what in _of_phase(phase))]
    if found:
        raise BadPlanError(f"plan of profile '{plan.profile}': " + "; ".join(found))


def share(rollout: Rollout) -> float:
    """Return the share of symbols that is decided for; a preview decides for none."""
    return 0.0 if rollout == "preview" else rollout


def _of_plan(plan: Plan) -> Iterator[str]:
    if plan.of not in ("model", "challenger"):
        yield "'of' must be model or challenger"
    for name in ("check_every_s", "fails", "inconclusives"):
        if getattr(plan, name) < 1:
            yield f"'{name}' must be 1 or more"
    if plan.watch_s < 0:
        yield "'watch_s' must be 0 or more"
    names = [phase.name for phase in plan.phases]
    if _doubled(names) or WATCH in names or "" in names:
        yield f"phases need names of their own, none of them empty or '{WATCH}'"
    known = all(phase.rollout in ROLLOUTS for phase in plan.phases)
    if known and any(_narrower(before, after) for before, after in pairwise(plan.phases)):
        yield "the share must not fall from one phase to the next, nor a canary follow a phase of all symbols"
    if not plan.phases or not plan.phases[-1].critical:
        yield "the last phase needs a critical criterion: nothing is promoted without evidence"


def _of_phase(phase: Phase) -> Iterator[str]:
    where = f"phase '{phase.name}'"
    if isinstance(phase.rollout, bool) or phase.rollout not in ROLLOUTS:
        yield f"{where}: 'rollout' must be preview, 0, 0.1, 0.5 or 1.0"
    for name in ("dwell_s", "least_samples"):
        if getattr(phase, name) < 0:
            yield f"{where}: '{name}' must be 0 or more"
    if _doubled([one.name for one in phase.criteria]):
        yield f"{where}: two criteria have one name"
    for one in phase.criteria:
        if one.op not in OPS or not math.isfinite(one.value):
            yield f"{where}, criterion '{one.name}': needs an operator ({', '.join(OPS)}) and a number"


def _narrower(before: Phase, after: Phase) -> bool:
    if share(before.rollout) == 0.0:
        return False  # it decides for none, so whatever follows is wider
    if bool(before.canary) != bool(after.canary):
        return bool(after.canary)
    return share(after.rollout) < share(before.rollout)


def _doubled(names: Sequence[str]) -> bool:
    return len(set(names)) < len(names)
