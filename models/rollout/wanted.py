"""The control commands that a rollout asks for; the values are absolute, so that a repeat is harmless."""

from __future__ import annotations

from typing import Any

from models.rollout.plan import Phase, Plan
from models.rollout.transition import Want


def enter(plan: Plan, phase: Phase) -> Want:
    """Return the command that gives a phase its share.

    A plan with a canary phase says in each phase which symbols are allowed, none for all: so the canary's
    are let go of when it is left. Canary symbols come with ``rollout`` because the command ``canary`` would
    be a permission more.
    """
    args: dict[str, Any] = {"phase": phase.rollout}
    if plan.of == "challenger":
        args["of"] = plan.of
    if any(one.canary for one in plan.phases):
        args["symbols"] = list(phase.canary)
    return Want("rollout", args)


def roll_back(reason: str) -> Want:
    """Return the command that ends every decision of what was rolled out."""
    return Want("rollback", {"reason": reason})


def promote(model: str, reason: str) -> Want:
    """Return the command that makes the challenger the model."""
    return Want("model.promote", {"name": model, "reason": reason})
