"""The Desk: the control state of a shard, an immutable value changed only by commands in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from models.control.commands import Command
from models.control.flags import Value
from models.desk.challenger import DROPPED, MODEL, is_meant, why_not
from models.desk.changes import CHANGES
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
    share: float = 0.0  # of the symbols, for which the challenger decides
    share_symbols: frozenset[str] = frozenset()  # it decides for no others; empty for all
    rolling: str = MODEL  # whose rollout was steered last, and a rollback ends
    wanted: str = ""  # a bundle that is being loaded to become the model
    wanted_challenger: str = ""  # the same to become the challenger
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
    "share_symbols": frozenset,
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
    refusal = _not_there(desk, command, models) or why_not(desk, command)
    if refusal:
        return numbered, refusal
    return replace(numbered, **CHANGES[command.cmd](numbered, command)), None


def _not_there(desk: Desk, command: Command, models: tuple[str, ...]) -> str | None:
    """Return which model that a command names is not there, None where all are."""
    unknown = [name for name in _named(command) if not is_bundle(name) and name not in models]
    if unknown:
        what = "is not available yet" if unknown[0] in SLOTS else "is not known"
        return f"model '{unknown[0]}' {what}; known: {', '.join(models)}, NAME@SHA256 of a bundle"
    absent = [name for name in _members(command) if is_bundle(name) and name not in desk.bundles]
    if absent:
        return f"'{absent[0]}' is not loaded: select it first, or the model that it is to join"
    return None


def _named(command: Command) -> list[str]:
    """Return the models that a command names."""
    name = command.args.get("name")
    if name == DROPPED and is_meant(command):
        return []
    return [name] if name is not None else _members(command)


def _members(command: Command) -> list[str]:
    return list(command.args.get("members", ()))
