"""The Desk: the control state of a shard, an immutable value changed only by commands in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from models.control.commands import Command
from models.control.flags import Value
from models.desk.references import SLOTS, is_bundle

LEARNER = "river-logistic"
"""The model that learns in the stream."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Desk:
    """Kill, canary, rollout, model, policy and flags as in force at one point of a shard's log.

    Compared by identity: stages cache what they derive from a desk until it changes.
    """

    killed: bool = False
    killed_by: str = ""
    killed_models: frozenset[str] = frozenset()
    killed_symbols: frozenset[str] = frozenset()
    halted: bool = False
    canary: bool = False
    canary_symbols: frozenset[str] = frozenset({"BTCUSDT", "ETHUSDT"})
    canary_timeframe: str = "1h"
    fraction: float = 1.0
    preview: bool = False
    model: str = "ml-fusion"
    challenger: str = ""
    wanted: str = ""  # a bundle that is being loaded to become the model
    promoting: bool = False  # by a promotion, which ends the canary
    bundles: tuple[str, ...] = ()  # those that are loaded, of the models in use and the one before
    refused: str = ""  # the last bundle that could not be had, and why
    entry: float = 0.55
    exit: float = 0.45
    usual: tuple[float, float] = (0.55, 0.45)  # entry and exit of models that bring none of their own
    weights: tuple[float, float, float] = (1.0, 1.0, 1.0)
    members: Mapping[str, float] = field(default_factory=lambda: {"ml-fusion": 1.0, LEARNER: 1.0})
    flags: Mapping[str, Value] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)  # last n by sender
    switches: int = 0

    @property
    def confid_floor(self) -> float:
        """Return the confidence below which a signal becomes HOLD."""
        return float(self.flags.get("ml_confid_floor", 0.0))

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON-ready data, sets as sorted lists."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {k: sorted(v) if isinstance(v, frozenset) else v for k, v in plain.items()} | {
            "flags": dict(self.flags), "numbers": dict(self.numbers), "weights": list(self.weights),
            "members": dict(self.members), "bundles": list(self.bundles), "usual": list(self.usual),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Desk:
        """Return the desk that ``as_dict`` described."""
        return cls(**{k: _HELD_AS[k](v) if k in _HELD_AS else v for k, v in plain.items()})


_HELD_AS: dict[str, Callable[[Any], Any]] = {
    "killed_models": frozenset,
    "killed_symbols": frozenset,
    "canary_symbols": frozenset,
    "weights": tuple,
    "members": dict,
    "bundles": tuple,
    "usual": tuple,
    "flags": dict,
    "numbers": dict,
}


def take_in(desk: Desk, command: Command, models: tuple[str, ...]) -> tuple[Desk, str | None]:
    """Return the desk after a command, or the same desk and why it was not taken.

    A number not above the actor's last is a repeat and changes nothing.
    """
    if command.n <= desk.numbers.get(command.sender, -1):
        return desk, f"repeat: actor '{command.actor}' has already sent number {command.n} or a later one"
    numbered = replace(desk, numbers={**desk.numbers, command.sender: command.n})
    unknown = [name for name in _named(command) if not is_bundle(name) and name not in models]
    if unknown:
        what = "is not available yet" if unknown[0] in SLOTS else "is not known"
        return numbered, f"model '{unknown[0]}' {what}; known: {', '.join(models)}, NAME@SHA256 of a bundle"
    absent = [name for name in _members(command) if is_bundle(name) and name not in desk.bundles]
    if absent:
        return numbered, f"'{absent[0]}' is not loaded: select it first, or the model that it is to join"
    return replace(numbered, **_CHANGES[command.cmd](numbered, command)), None


def _named(command: Command) -> list[str]:
    """Return the models that a command names."""
    name = command.args.get("name")
    return [name] if name is not None else _members(command)


def _members(command: Command) -> list[str]:
    return list(command.args.get("members", ()))


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


def _canary(desk: Desk, command: Command) -> dict[str, Any]:
    symbols = command.args.get("symbols")
    return {"canary": command.args["enabled"]} | ({"canary_symbols": frozenset(symbols)} if symbols else {})


def _rollout(_: Desk, command: Command) -> dict[str, Any]:
    phase = command.args["phase"]
    return {"preview": True} if phase == "preview" else {"preview": False, "fraction": float(phase)}


def _select(desk: Desk, command: Command) -> dict[str, Any]:
    """Switch to a built-in model at once; ask for a bundle, whose news will come.

    A bundle's thresholds go with it.
    """
    name, promoting = command.args["name"], command.cmd == "model.promote"
    if is_bundle(name):
        return {"wanted": name, "promoting": promoting}
    switched = {"model": name, "switches": desk.switches + (name != desk.model)}
    if is_bundle(desk.model):
        switched |= {"entry": desk.usual[0], "exit": desk.usual[1]}
    return switched | {"wanted": "", "promoting": False, "canary": desk.canary and not promoting}


def _weights(_: Desk, command: Command) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "parts" in command.args:
        found["weights"] = tuple(float(w) for w in command.args["parts"])
    if "members" in command.args:
        found["members"] = {name: float(w) for name, w in command.args["members"].items()}
    return found


_CHANGES: dict[str, Callable[[Desk, Command], dict[str, Any]]] = {
    "kill": _kill,
    "unkill": _unkill,
    "halt": lambda desk, command: {"halted": True},
    "resume": lambda desk, command: {"halted": False},
    "canary": _canary,
    "rollout": _rollout,
    "rollback": lambda desk, command: {"preview": False, "fraction": 0.0},
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
    **dict.fromkeys(("paper.order", "paper.close", "backtest.run"), lambda desk, command: {}),
}
