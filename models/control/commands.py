"""The control commands: one frozen value each, checked against a schema and a table of roles.

Values are absolute, never deltas; a repeated command is harmless. ``scope`` is ``all``, ``model:NAME`` or
``symbol:NAME``. Each actor numbers its commands in a role with a rising ``n``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.control.flags import check_flag

SELECTING = ("model.select", "model.promote", "model.rollback")
"""Commands that name the model to score with."""


class BadCommandError(ValueError):
    """The command is not one the product takes; the message says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command as its sender meant it; ``ts`` is the sender's clock, ns."""

    id: str
    ts: int
    actor: str
    n: int
    role: str
    cmd: str
    scope: str = "all"
    args: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sender(self) -> str:
        """Return who numbers this command: an actor in a role: no key uses up another's numbers."""
        return f"{self.role}:{self.actor}"

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, the form that is signed and journalled."""
        return {
            "id": self.id, "ts": self.ts, "actor": self.actor, "n": self.n, "role": self.role,
            "cmd": self.cmd, "scope": self.scope, "args": dict(self.args),
        }  # fmt: skip


def parse(raw: object) -> Command:
    """Return the command in plain data; raise ``BadCommandError`` where a field is missing or wrong."""
    if not isinstance(raw, dict):
        raise BadCommandError("a command is a JSON object")
    for name, kind in _FIELDS.items():
        if type(raw.get(name)) is not kind:
            raise BadCommandError(f"'{name}' must be {_KIND_NAMES[kind]}")
    command = Command(**{name: raw[name] for name in _FIELDS})
    check(command)
    return command


_FIELDS: dict[str, type] = {
    "id": str, "ts": int, "actor": str, "n": int, "role": str, "cmd": str, "scope": str, "args": dict,
}  # fmt: skip
_KIND_NAMES = {str: "a string", int: "an integer", dict: "an object"}
_SCOPE = re.compile(r"all|(model|symbol):\S{1,80}")
_WORD = re.compile(r"\S{1,64}")
_SYMBOL = re.compile(r"\S{1,80}")
_LARGEST_ORDER = 1e10  # USD: in units of 1e-8 it still fits 64 bits
_LONGEST_BACKTEST = 3_650  # days
_MODEL = re.compile(r"[^\s@]{1,64}(@[0-9a-f]{64})?")


def check(command: Command) -> None:
    """Raise ``BadCommandError`` unless the command is well formed and its role may send it."""
    for name in ("id", "actor"):
        if not _WORD.fullmatch(getattr(command, name)):
            raise BadCommandError(f"'{name}' must be 1 to 64 characters without spaces")
    if command.cmd not in _ARGS:
        raise BadCommandError(f"unknown command '{command.cmd}'; known: {', '.join(sorted(_ARGS))}")
    if not _SCOPE.fullmatch(command.scope):
        raise BadCommandError("'scope' must be all, model:NAME or symbol:NAME")
    if command.scope != "all" and command.cmd not in ("kill", "unkill"):
        raise BadCommandError(f"'{command.cmd}' takes the scope all only")
    if command.cmd not in _ALLOWED.get(command.role, frozenset()):
        raise BadCommandError(f"role '{command.role}' may not send '{command.cmd}'")
    _ARGS[command.cmd](command.args)


def _none(args: Mapping[str, Any]) -> None:
    _only(args, "reason")


def _only(args: Mapping[str, Any], *names: str) -> None:
    for name in args:
        if name not in names:
            raise BadCommandError(f"unknown argument '{name}'; known: {', '.join(names)}")
    if type(args.get("reason", "")) is not str:
        raise BadCommandError("argument 'reason' must be a text")


def _need(args: Mapping[str, Any], name: str, kinds: tuple[type, ...], what: str) -> Any:
    if type(args.get(name)) not in kinds:
        raise BadCommandError(f"argument '{name}' must be {what}")
    return args[name]


def _unkill(args: Mapping[str, Any]) -> None:
    _only(args, "reason")
    if not str(_need(args, "reason", (str,), "a text: say why trading may go on")).strip():
        raise BadCommandError("argument 'reason' must say why trading may go on")


def _canary(args: Mapping[str, Any]) -> None:
    _only(args, "enabled", "symbols", "reason")
    _need(args, "enabled", (bool,), "true or false")
    symbols = args.get("symbols", [])
    if not isinstance(symbols, list) or not all(isinstance(s, str) and s for s in symbols):
        raise BadCommandError("argument 'symbols' must be a list of names")
    if symbols == [] and "symbols" in args:
        raise BadCommandError("argument 'symbols' must name a symbol, or be left out")


def _rollout(args: Mapping[str, Any]) -> None:
    _only(args, "phase", "reason")
    phase = args.get("phase")
    if isinstance(phase, bool) or phase not in ("preview", 0, 0.1, 0.5, 1.0):
        raise BadCommandError("argument 'phase' must be preview, 0, 0.1, 0.5 or 1.0")


def _model(args: Mapping[str, Any]) -> None:
    _only(args, "name", "note", "reason")
    if not _MODEL.fullmatch(_need(args, "name", (str,), "the name of a model")):
        raise BadCommandError("argument 'name' must be the name of a model, or NAME@SHA256 of a bundle")
    if type(args.get("note", "")) is not str:
        raise BadCommandError("argument 'note' must be a text")


def _flag(args: Mapping[str, Any]) -> None:
    _only(args, "key", "value", "reason")
    problem = check_flag(_need(args, "key", (str,), "the name of a flag"), args.get("value"))
    if problem:
        raise BadCommandError(problem)


def _policy(args: Mapping[str, Any]) -> None:
    _only(args, "entry", "exit", "reason")
    bounds = [_need(args, name, (float, int), "a probability") for name in ("exit", "entry")]
    if not 0.0 <= bounds[0] < bounds[1] <= 1.0:
        raise BadCommandError("a policy needs 0 <= exit < entry <= 1")


def _weights(args: Mapping[str, Any]) -> None:
    _only(args, "parts", "members", "reason")
    if not {"parts", "members"} & args.keys():
        raise BadCommandError("weights.set needs 'parts' (RSI, MACD, trend), 'members' (of the ensemble)")
    parts, members = args.get("parts", [1, 1, 1]), args.get("members", {"ml-fusion": 1})
    if not isinstance(parts, list) or len(parts) != 3 or not _good_weights(parts):
        raise BadCommandError("argument 'parts' must be three numbers >= 0 (RSI, MACD, trend), not all zero")
    named = isinstance(members, dict) and all(isinstance(m, str) and _MODEL.fullmatch(m) for m in members)
    if not named or not _good_weights(list(members.values())):
        raise BadCommandError("argument 'members' must give models weights >= 0, not all zero")
    if "ensemble" in members:
        raise BadCommandError("the ensemble cannot be a member of itself")
    if len({member.partition("@")[0] for member in members}) < len(members):
        raise BadCommandError("two members have one name, by which their predictions are told apart")


def _good_weights(weights: list[Any]) -> bool:
    good = all(type(weight) in (int, float) and 0 <= weight < 1e6 for weight in weights)
    return good and sum(weights) > 0


def _grow(args: Mapping[str, Any]) -> None:
    _only(args, "topic", "partitions", "reason")
    if not _WORD.fullmatch(_need(args, "topic", (str,), "the name of a tick topic")):
        raise BadCommandError("argument 'topic' must be the name of a tick topic")
    if _need(args, "partitions", (int,), "the new number of partitions") < 2:
        raise BadCommandError("argument 'partitions' must be the new number of partitions, 2 or more")


def _paper_order(args: Mapping[str, Any]) -> None:
    _only(args, "symbol", "side", "notional_usd", "reason")
    _symbol(_need(args, "symbol", (str,), "the name of a symbol"))
    if args.get("side") not in ("buy", "sell"):
        raise BadCommandError("argument 'side' must be buy or sell")
    notional = _need(args, "notional_usd", (float, int), "a number of USD")
    if not 0 <= notional < _LARGEST_ORDER:
        raise BadCommandError("argument 'notional_usd' must be a number of USD, 0 or more")
    if args["side"] == "buy" and notional == 0:
        raise BadCommandError("a buy needs a 'notional_usd' above 0; a sell of 0 closes the position")


def _paper_close(args: Mapping[str, Any]) -> None:
    _only(args, "symbol", "reason")
    if "symbol" in args:
        _symbol(_need(args, "symbol", (str,), "the name of a symbol, or be left out for all"))


def _symbol(name: str) -> None:
    if not _SYMBOL.fullmatch(name):
        raise BadCommandError("a symbol is 1 to 80 characters without spaces")


def _backtest(args: Mapping[str, Any]) -> None:
    _only(args, "symbols", "days", "model", "reason")
    symbols = args.get("symbols", ["any"])
    if not isinstance(symbols, list) or not symbols or not all(isinstance(one, str) for one in symbols):
        raise BadCommandError("argument 'symbols' must be a list of names, or be left out for all")
    for name in symbols:
        _symbol(name)
    days = args.get("days", 1)
    if type(days) is not int or not 1 <= days <= _LONGEST_BACKTEST:
        raise BadCommandError(f"argument 'days' must be a whole number from 1 to {_LONGEST_BACKTEST}")
    if "model" in args and not _MODEL.fullmatch(_need(args, "model", (str,), "the name of a model")):
        raise BadCommandError("argument 'model' must be the name of a model, or NAME@SHA256 of a bundle")


_ARGS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "kill": _none,
    "unkill": _unkill,
    "halt": _none,
    "resume": _unkill,
    "canary": _canary,
    "rollout": _rollout,
    "rollback": _none,
    "model.select": _model,
    "model.promote": _model,
    "model.rollback": _model,
    "flag.set": _flag,
    "policy.set": _policy,
    "weights.set": _weights,
    "partitions.grow": _grow,
    "paper.order": _paper_order,
    "paper.close": _paper_close,
    "backtest.run": _backtest,
}

_ALLOWED: dict[str, frozenset[str]] = {
    "admin": frozenset(_ARGS),
    "trader": frozenset({"paper.order", "paper.close"}),
    "guard": frozenset({"kill", "halt", "rollback", "rollout", "policy.set", "weights.set", "model.promote"}),
}
