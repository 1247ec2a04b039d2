"""The action ``tighten``: stricter thresholds, always counted from the bundle's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Policy(NamedTuple):
    """BUY from ``entry`` on, SELL up to ``exit``; 0 <= exit <= entry <= 1."""

    entry: float
    exit: float


def tightened(own: Policy, args: Mapping[str, float]) -> Policy:
    """Return a bundle's own thresholds with a rule's ``args`` added, kept within 0 and 1.

    It does not look at those in force, so that a second episode ends where the first did.
    """
    entry = min(1.0, max(0.0, round(own.entry + args["entry"], 9)))
    return Policy(entry, min(entry, max(0.0, round(own.exit + args["exit"], 9))))


def policy_to_set(own: Policy, in_force: Policy, args: Mapping[str, float]) -> Policy | None:
    """Return what ``policy.set`` is to be sent, None where both thresholds are as strict already.

    Call it once an episode, when the rule has fired. A threshold that is stricter already stays.
    """
    found = tightened(own, args)
    wanted = Policy(max(found.entry, in_force.entry), min(found.exit, in_force.exit))
    return None if wanted == in_force else wanted
