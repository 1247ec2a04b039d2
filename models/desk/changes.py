"""What each command changes on the desk: fields by name, as functions of the desk before and the command."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from models.control.commands import Command
from models.desk import challenger
from models.desk.references import is_bundle

if TYPE_CHECKING:
    from models.desk.desk import Desk


def _kill(desk: Desk, command: Command) -> dict[str, Any]:
    kind, _, name = command.scope.partition(":")
    if kind == "all":
        return {"killed": True, "killed_by": command.actor}
    return {f"killed_{kind}s": getattr(desk, f"killed_{kind}s") | {name}}


def _unkill(desk: Desk, command: Command) -> dict[str, Any]:
    kind, _, name = command.scope.partition(":")
    if kind == "all":
        return {"killed": False, "killed_by": ""}
    return {f"killed_{kind}s": getattr(desk, f"killed_{kind}s") - {name}}


def _canary(_: Desk, command: Command) -> dict[str, Any]:
    symbols = command.args.get("symbols")
    return {"canary": command.args["enabled"]} | ({"canary_symbols": frozenset(symbols)} if symbols else {})


def _rollout(_: Desk, command: Command) -> dict[str, Any]:
    if challenger.is_meant(command):
        return challenger.rolled_out(command)
    phase = command.args["phase"]
    changed: dict[str, Any] = {"rolling": challenger.MODEL}
    changed |= {"preview": True} if phase == "preview" else {"preview": False, "fraction": float(phase)}
    if "symbols" in command.args:
        symbols = command.args["symbols"]
        changed |= {"canary": bool(symbols)} | ({"canary_symbols": frozenset(symbols)} if symbols else {})
    return changed


def _rollback(desk: Desk, _: Command) -> dict[str, Any]:
    """End the rollout that was steered last; whatever that is, the challenger decides nothing any more."""
    if desk.rolling == challenger.CHALLENGER and (desk.challenger or desk.wanted_challenger):
        return {"share": 0.0}
    return {"share": 0.0, "preview": False, "fraction": 0.0}


def _select(desk: Desk, command: Command) -> dict[str, Any]:
    """Switch to a built-in model at once; ask for a bundle, whose news will come.

    A bundle's thresholds go with it.
    """
    if challenger.is_meant(command):
        return challenger.selected(desk, command.args["name"])
    name, promoting = command.args["name"], command.cmd == "model.promote"
    if is_bundle(name):
        rival = {"wanted_challenger": "", **challenger.NONE} if name == desk.wanted_challenger else {}
        return {"wanted": name, "promoting": promoting, **rival}
    switched = {"model": name, "switches": desk.switches + (name != desk.model)}
    if is_bundle(desk.model):
        switched |= {"entry": desk.usual[0], "exit": desk.usual[1]}
    if name == desk.challenger:
        switched |= challenger.NONE
    return switched | {"wanted": "", "promoting": False, "canary": desk.canary and not promoting}


def _weights(_: Desk, command: Command) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "parts" in command.args:
        found["weights"] = tuple(float(w) for w in command.args["parts"])
    if "members" in command.args:
        found["members"] = {name: float(w) for name, w in command.args["members"].items()}
    return found


CHANGES: dict[str, Callable[[Desk, Command], dict[str, Any]]] = {
    "kill": _kill,
    "unkill": _unkill,
    "halt": lambda desk, command: {"halted": True},
    "resume": lambda desk, command: {"halted": False},
    "canary": _canary,
    "rollout": _rollout,
    "rollback": _rollback,
    "model.select": _select,
    "model.promote": _select,
    "model.rollback": _select,
    "flag.set": lambda desk, command: {"flags": {**desk.flags, command.args["key"]: command.args["value"]}},
    "policy.set": lambda desk, command: {
        "entry": float(command.args["entry"]),
        "exit": float(command.args["exit"]),
    },
    "partitions.grow": lambda desk, command: {},  # the market retires the symbols that moved
    "weights.set": _weights,
    **dict.fromkeys(
        (
            "paper.order", "paper.close", "backtest.run", "calibration.mark", "rollout.start",
            "rollout.approve", "rollout.suspend", "rollout.resume", "rollout.retry",
        ),
        lambda desk, command: {},
    ),
}  # fmt: skip
"""By command."""
