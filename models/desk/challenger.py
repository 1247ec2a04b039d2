"""The challenger on the desk: a second model that is asked of every row, and decides for a share of symbols.

Without a share it is heard in shadow. A new challenger takes the place of the one before with the command,
not with the news that its bundle is loaded, and begins without a share: so a share that comes behind the
command is never another model's. Whatever makes it the model, or drops it, ends its share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.control.commands import Command
from models.desk.references import is_bundle

if TYPE_CHECKING:
    from models.desk.desk import Desk

MODEL, CHALLENGER = "model", "challenger"
"""Whom a selection or a rollout is about."""
DROPPED = "none"
"""Selected as the challenger: there is to be none."""

NO_SHARE: dict[str, Any] = {"share": 0.0, "share_symbols": frozenset(), "rolling": MODEL}
NONE: dict[str, Any] = {"challenger": "", **NO_SHARE}


def is_meant(command: Command) -> bool:
    """Return whether a command is about the challenger and not about the model."""
    return CHALLENGER in (command.args.get("as"), command.args.get("of"))


def why_not(desk: Desk, command: Command) -> str | None:
    """Return why a command about the challenger cannot be taken, None where it can."""
    if not is_meant(command):
        return None
    if command.cmd == "rollout":
        there = desk.challenger or desk.wanted_challenger or command.args["phase"] in ("preview", 0)
        return None if there else "there is no challenger: select one first (model.select, as: challenger)"
    if command.args["name"] in (desk.model, desk.wanted):
        return f"'{command.args['name']}' is the model itself: its challenger must be another one"
    return None


def selected(desk: Desk, name: str) -> dict[str, Any]:
    """Return what changes where a model becomes the challenger, or a bundle is to; ``DROPPED`` is none."""
    if name == desk.wanted_challenger:
        return {}
    if name == desk.challenger and (not is_bundle(name) or name in desk.bundles):
        return {}
    left = {"wanted_challenger": "", "bundles": without(desk, desk.challenger), **NONE}
    if name == DROPPED:
        return left
    return left | ({"wanted_challenger": name} if is_bundle(name) else {"challenger": name})


def rolled_out(command: Command) -> dict[str, Any]:
    """Return what changes where the challenger is given its share; a preview is none.

    ``symbols`` narrows the share to these, an empty list or null widens it to all again.
    """
    phase = command.args["phase"]
    changed: dict[str, Any] = {"share": 0.0 if phase == "preview" else float(phase), "rolling": CHALLENGER}
    if "symbols" in command.args:
        changed["share_symbols"] = frozenset(command.args["symbols"] or ())
    return changed


def without(desk: Desk, reference: str) -> tuple[str, ...]:
    """Return the desk's bundles without one that nobody uses any more."""
    if reference in (desk.model, *desk.members):
        return desk.bundles
    return tuple(name for name in desk.bundles if name != reference)
