"""What is done when a rule fires: an alert always, and commands by its actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from models.desk.references import name_of
from models.guard.desks import Desks
from models.rules.evaluate import Firing
from models.rules.metrics import kill_scope
from models.rules.tighten import Policy, policy_to_set


class Ask(NamedTuple):
    """A command that a reaction asks for."""

    cmd: str
    args: Mapping[str, Any]
    scope: str = "all"


ROLLBACK = "rollback"


def asks(firing: Firing, desks: Desks) -> list[Ask]:
    """Return the commands that a rule asks for when it has fired; none where it has resolved."""
    if firing.kind != "fired":
        return []
    why = f"{firing.rule.name}: {firing.rule.condition}, of {firing.scope_key} {firing.evidence.value:g}"
    found = [_ask(action, firing, desks, why[:200]) for action in firing.rule.actions]
    return [ask for ask in found if ask is not None]


def _ask(action: str, firing: Firing, desks: Desks, why: str) -> Ask | None:
    match action:
        case "kill":
            return Ask("kill", {"reason": why}, kill_scope(firing.scope_key))
        case "rollback":
            return Ask(ROLLBACK, {"reason": why})
        case "preview":
            return None if desks.desk.preview else Ask("rollout", {"phase": "preview", "reason": why})
        case "tighten":
            return _tighten(firing, desks, why)
        case _:
            return None


def _tighten(firing: Firing, desks: Desks, why: str) -> Ask | None:
    """Ask for stricter thresholds, if it is the model in use that is badly calibrated."""
    desk = desks.desk
    if firing.scope_key.partition(":")[2].partition("/")[0] != name_of(desk.model):
        return None
    wanted = policy_to_set(desks.own_policy(), Policy(desk.entry, desk.exit), firing.rule.args)
    if wanted is None:
        return None
    return Ask("policy.set", {"entry": wanted.entry, "exit": wanted.exit, "reason": why})
