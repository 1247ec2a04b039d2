"""The arguments of each command: which there are, their types, and their ranges."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from models.control.flags import check_flag

WORD = re.compile(r"\S{1,64}")
_SYMBOL = re.compile(r"\S{1,80}")
_LARGEST_ORDER = 1e10  # USD: in units of 1e-8 it still fits 64 bits
_LONGEST_BACKTEST = 3_650  # days
_LONGEST_RUN = 8_760  # hours
_LONGEST_NOTE = 500
_MODEL = re.compile(r"[^\s@]{1,64}(@[0-9a-f]{64})?")


class BadCommandError(ValueError):
    """The command is not one the product takes; the message says what to change."""


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
    _only(args, "phase", "of", "symbols", "reason")
    phase = args.get("phase")
    if isinstance(phase, bool) or phase not in ("preview", 0, 0.1, 0.5, 1.0):
        raise BadCommandError("argument 'phase' must be preview, 0, 0.1, 0.5 or 1.0")
    if args.get("of", "model") not in ("model", "challenger"):
        raise BadCommandError("argument 'of' must be model or challenger, or be left out for the model")
    symbols = args.get("symbols")
    named = isinstance(symbols, list) and all(isinstance(s, str) and s for s in symbols)
    if symbols is not None and not named:
        raise BadCommandError("argument 'symbols' must be a list of names; empty or null lifts the limit")


def _model(args: Mapping[str, Any]) -> None:
    _only(args, "name", "note", "reason")
    if not _MODEL.fullmatch(_need(args, "name", (str,), "the name of a model")):
        raise BadCommandError("argument 'name' must be the name of a model, or NAME@SHA256 of a bundle")
    if type(args.get("note", "")) is not str:
        raise BadCommandError("argument 'note' must be a text")


def _select(args: Mapping[str, Any]) -> None:
    _only(args, "name", "as", "note", "reason")
    if args.get("as", "model") not in ("model", "challenger"):
        raise BadCommandError("argument 'as' must be model or challenger, or be left out for the model")
    _model({name: value for name, value in args.items() if name != "as"})


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
    if not WORD.fullmatch(_need(args, "topic", (str,), "the name of a tick topic")):
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


def _rollout_start(args: Mapping[str, Any]) -> None:
    _only(args, "profile", "model", "hours", "literal", "reason")
    if not WORD.fullmatch(_need(args, "profile", (str,), "the name of a profile")):
        raise BadCommandError("argument 'profile' must be the name of a profile")
    if "model" in args and not _MODEL.fullmatch(_need(args, "model", (str,), "the name of a model")):
        raise BadCommandError("argument 'model' must be the name of a model, or NAME@SHA256 of a bundle")
    if "hours" in args and not 0 < _need(args, "hours", (float, int), "a number of hours") <= _LONGEST_RUN:
        raise BadCommandError(f"argument 'hours' must be above 0 and at most {_LONGEST_RUN}")
    if type(args.get("literal", False)) is not bool:
        raise BadCommandError("argument 'literal' must be true or false: how the verdict's gates are read")


def _why(args: Mapping[str, Any]) -> None:
    _only(args, "reason")
    if not str(_need(args, "reason", (str,), "a text: say why, for the record")).strip():
        raise BadCommandError("argument 'reason' must say why, for the record")


def _retry(args: Mapping[str, Any]) -> None:
    _only(args, "reason", "model")
    _why({"reason": args["reason"]} if "reason" in args else {})
    if "model" in args and not _MODEL.fullmatch(_need(args, "model", (str,), "the name of a model")):
        raise BadCommandError("argument 'model' must be the name of a model, or NAME@SHA256 of a bundle")


def _mark(args: Mapping[str, Any]) -> None:
    _only(args, "note", "reason")
    if type(args.get("note", "")) is not str or len(args.get("note", "")) > _LONGEST_NOTE:
        raise BadCommandError(f"argument 'note' must be a text of at most {_LONGEST_NOTE} characters")


ARGUMENTS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "kill": _none,
    "unkill": _unkill,
    "halt": _none,
    "resume": _unkill,
    "canary": _canary,
    "rollout": _rollout,
    "rollout.start": _rollout_start,
    "rollout.approve": _none,
    "rollout.suspend": _why,
    "rollout.resume": _why,
    "rollout.retry": _retry,
    "calibration.mark": _mark,
    "rollback": _none,
    "model.select": _select,
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
"""What checks the arguments of a command: raises ``BadCommandError``, whose message says what to change."""
