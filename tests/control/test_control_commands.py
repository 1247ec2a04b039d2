"""The schema of commands: what is taken, what is refused, and with which words."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from control.examples import GOOD, command
from models.control.commands import BadCommandError, Command, parse

KILL = command("kill").as_dict()


def refusal(raw: object) -> str:
    """Return why ``parse`` refuses ``raw``."""
    with pytest.raises(BadCommandError) as refused:
        parse(raw)
    return str(refused.value)


@pytest.mark.parametrize(("cmd", "args"), GOOD)
def test_a_well_formed_command_comes_back_as_it_was_meant(cmd: str, args: dict[str, Any]) -> None:
    """Parsing the plain form gives the command itself."""
    one = command(cmd, args)
    assert parse(one.as_dict()) == one
    assert parse(one.as_dict()).as_dict() == one.as_dict()


def test_there_is_a_good_example_of_every_command_and_the_error_lists_them_all() -> None:
    """Whoever mistypes a name is told every name there is."""
    names = ", ".join(sorted({cmd for cmd, _ in GOOD}))
    assert refusal(KILL | {"cmd": "kil"}) == f"unknown command 'kil'; known: {names}"


_NO_MODEL = "argument 'name' must be the name of a model, or NAME@SHA256 of a bundle"
_NO_SIDE = "argument 'side' must be buy or sell"
_NO_SYMBOL = "a symbol is 1 to 80 characters without spaces"
_NO_MEMBERS = "argument 'members' must give models weights >= 0, not all zero"
BAD_ARGS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("kill", {"why": "x"}, "unknown argument 'why'; known: reason"),
    ("kill", {"reason": 5}, "argument 'reason' must be a text"),
    ("kill", {"reason": None}, "argument 'reason' must be a text"),
    ("halt", {"reason": ["x"]}, "argument 'reason' must be a text"),
    ("rollback", {"phase": 0}, "unknown argument 'phase'; known: reason"),
    ("unkill", {}, "argument 'reason' must be a text: say why trading may go on"),
    ("unkill", {"reason": " \t"}, "argument 'reason' must say why trading may go on"),
    ("unkill", {"reason": "ok", "symbol": "A"}, "unknown argument 'symbol'; known: reason"),
    ("resume", {}, "argument 'reason' must be a text: say why trading may go on"),
    ("resume", {"reason": ""}, "argument 'reason' must say why trading may go on"),
    ("canary", {}, "argument 'enabled' must be true or false"),
    ("canary", {"enabled": 1}, "argument 'enabled' must be true or false"),
    ("canary", {"enabled": True, "symbols": "BTCUSDT"}, "argument 'symbols' must be a list of names"),
    ("canary", {"enabled": True, "symbols": [""]}, "argument 'symbols' must be a list of names"),
    ("canary", {"enabled": True, "symbols": [5]}, "argument 'symbols' must be a list of names"),
    ("canary", {"enabled": True, "symbols": []}, "argument 'symbols' must name a symbol, or be left out"),
    ("rollout", {}, "argument 'phase' must be preview, 0, 0.1, 0.5 or 1.0"),
    ("rollout", {"phase": 0.3}, "argument 'phase' must be preview, 0, 0.1, 0.5 or 1.0"),
    ("rollout", {"phase": "0.1"}, "argument 'phase' must be preview, 0, 0.1, 0.5 or 1.0"),
    ("rollout", {"phase": True}, "argument 'phase' must be preview, 0, 0.1, 0.5 or 1.0"),
    ("rollout", {"phase": False}, "argument 'phase' must be preview, 0, 0.1, 0.5 or 1.0"),
    ("rollout", {"phase": [0.1]}, "argument 'phase' must be preview, 0, 0.1, 0.5 or 1.0"),
    ("rollout.start", {}, "argument 'profile' must be the name of a profile"),
    ("rollout.start", {"profile": "two words"}, "argument 'profile' must be the name of a profile"),
    ("rollout.start", {"profile": "spark", "model": 5}, "argument 'model' must be the name of a model"),
    ("rollout.start", {"profile": "spark", "model": "lgbm@abc"},
     "argument 'model' must be the name of a model, or NAME@SHA256 of a bundle"),
    ("rollout.start", {"profile": "spark", "hours": "48"}, "argument 'hours' must be a number of hours"),
    ("rollout.start", {"profile": "spark", "hours": True}, "argument 'hours' must be a number of hours"),
    *(
        ("rollout.start", {"profile": "spark", "hours": hours},
         "argument 'hours' must be above 0 and at most 8760")
        for hours in (0, -1, 8_761, float("nan"), float("inf"))
    ),
    ("rollout.start", {"profile": "spark", "phase": 1},
     "unknown argument 'phase'; known: profile, model, hours, literal, reason"),
    ("rollout.approve", {"phase": 1}, "unknown argument 'phase'; known: reason"),
    *(
        (cmd, args, message)
        for cmd in ("rollout.suspend", "rollout.resume", "rollout.retry")
        for args, message in (
            ({}, "argument 'reason' must be a text: say why, for the record"),
            ({"reason": "  "}, "argument 'reason' must say why, for the record"),
        )
    ),
    ("calibration.mark", {"note": 5}, "argument 'note' must be a text of at most 500 characters"),
    ("calibration.mark", {"note": "x" * 501}, "argument 'note' must be a text of at most 500 characters"),
    ("model.select", {}, "argument 'name' must be the name of a model"),
    ("model.select", {"name": ""}, _NO_MODEL),
    ("model.select", {"name": "two words"}, _NO_MODEL),
    ("model.select", {"name": "m" * 65}, _NO_MODEL),
    ("model.select", {"name": "lgbm@abc"}, _NO_MODEL),
    ("model.promote", {"name": "ml-fusion", "note": 5}, "argument 'note' must be a text"),
    ("model.rollback", {}, "argument 'name' must be the name of a model"),
    ("flag.set", {"value": 1}, "argument 'key' must be the name of a flag"),
    ("flag.set", {"key": "ml_confid_floor"}, "flag 'ml_confid_floor' must be a number from 0 to 1"),
    ("flag.set", {"key": "audit_ml_bucket", "value": 1}, "flag 'audit_ml_bucket' must be true or false"),
    ("policy.set", {"entry": 0.6}, "argument 'exit' must be a probability"),
    ("policy.set", {"exit": 0.4}, "argument 'entry' must be a probability"),
    ("policy.set", {"entry": True, "exit": 0}, "argument 'entry' must be a probability"),
    ("policy.set", {"entry": "0.6", "exit": 0}, "argument 'entry' must be a probability"),
    ("policy.set", {"entry": 0.5, "exit": 0.5}, "a policy needs 0 <= exit < entry <= 1"),
    ("policy.set", {"entry": 0.4, "exit": 0.5}, "a policy needs 0 <= exit < entry <= 1"),
    ("policy.set", {"entry": 1.01, "exit": 0.5}, "a policy needs 0 <= exit < entry <= 1"),
    ("policy.set", {"entry": 0.6, "exit": -0.01}, "a policy needs 0 <= exit < entry <= 1"),
    ("policy.set", {"entry": float("nan"), "exit": 0.4}, "a policy needs 0 <= exit < entry <= 1"),
    ("weights.set", {"members": {}}, _NO_MEMBERS),
    ("weights.set", {"members": {"ml-fusion": 0}}, _NO_MEMBERS),
    ("weights.set", {"members": {"ml-fusion": -1}}, _NO_MEMBERS),
    ("weights.set", {"members": {"two words": 1}}, _NO_MEMBERS),
    ("weights.set", {"members": {"ensemble": 1}}, "the ensemble cannot be a member of itself"),
    ("weights.set", {"members": [1]}, _NO_MEMBERS),
    ("weights.set", {"members": {f"a@{'ab' * 32}": 1, f"a@{'cd' * 32}": 1}},
     "two members have one name, by which their predictions are told apart"),
    ("weights.set", {}, "weights.set needs 'parts' (RSI, MACD, trend), 'members' (of the ensemble)"),
    ("partitions.grow", {"topic": "", "partitions": 6}, "argument 'topic' must be the name of a tick topic"),
    ("partitions.grow", {"topic": "t", "partitions": 1},
     "argument 'partitions' must be the new number of partitions, 2 or more"),
    ("paper.order", {"side": "buy", "notional_usd": 1}, "argument 'symbol' must be the name of a symbol"),
    ("paper.order", {"symbol": "A B", "side": "buy", "notional_usd": 1}, _NO_SYMBOL),
    ("paper.order", {"symbol": "x" * 81, "side": "buy", "notional_usd": 1}, _NO_SYMBOL),
    ("paper.order", {"symbol": "A", "side": "short", "notional_usd": 1}, _NO_SIDE),
    ("paper.order", {"symbol": "A", "side": ["buy"], "notional_usd": 1}, _NO_SIDE),
    ("paper.order", {"symbol": "A", "side": "buy"}, "argument 'notional_usd' must be a number of USD"),
    ("paper.order", {"symbol": "A", "side": "buy", "notional_usd": True},
     "argument 'notional_usd' must be a number of USD"),
    ("paper.order", {"symbol": "A", "side": "buy", "notional_usd": 0},
     "a buy needs a 'notional_usd' above 0; a sell of 0 closes the position"),
    *(
        ("paper.order", {"symbol": "A", "side": "sell", "notional_usd": notional},
         "argument 'notional_usd' must be a number of USD, 0 or more")
        for notional in (-1, -0.01, 1e10, float("nan"), float("inf"))
    ),
    ("paper.close", {"symbol": 5}, "argument 'symbol' must be the name of a symbol, or be left out for all"),
    ("paper.close", {"symbol": ""}, _NO_SYMBOL),
    ("paper.close", {"side": "sell"}, "unknown argument 'side'; known: symbol, reason"),
    *(
        ("backtest.run", {"symbols": symbols},
         "argument 'symbols' must be a list of names, or be left out for all")
        for symbols in ([], "BTCUSDT", [5])
    ),
    ("backtest.run", {"symbols": ["A B"]}, _NO_SYMBOL),
    *(
        ("backtest.run", {"days": days}, "argument 'days' must be a whole number from 1 to 3650")
        for days in (0, 3_651, 1.0, True, "1")
    ),
    ("backtest.run", {"model": 5}, "argument 'model' must be the name of a model"),
    ("backtest.run", {"model": "lgbm@abc"}, _NO_MODEL.replace("name'", "model'", 1)),
    *(
        ("weights.set", {"parts": parts},
         "argument 'parts' must be three numbers >= 0 (RSI, MACD, trend), not all zero")
        for parts in (
            [], [1, 1], [1, 1, 1, 1], [0, 0, 0], [1, 1, -0.1], [1, 1, "1"], [1, 1, True], [1, 1, None],
            [1, 1, float("nan")], [1, 1, float("inf")], [1, 1, 1e6],
        )
    ),
)  # fmt: skip


@pytest.mark.parametrize(("cmd", "args", "message"), BAD_ARGS)
def test_bad_arguments_are_refused_with_what_to_change(cmd: str, args: dict[str, Any], message: str) -> None:
    """Each wrong argument has one message, which names it and says what it must be."""
    assert refusal(command(cmd, args).as_dict()) == message


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("id", "a string"), ("ts", "an integer"), ("actor", "a string"), ("n", "an integer"),
        ("role", "a string"), ("cmd", "a string"), ("scope", "a string"), ("args", "an object"),
    ],
)  # fmt: skip
def test_every_field_is_needed_and_has_one_type(field: str, kind: str) -> None:
    """A field that is missing or of another JSON type is named; true is no integer and 1.0 neither."""
    others = {"a string": 1, "an integer": "1", "an object": []}
    message = f"'{field}' must be {kind}"
    assert refusal({name: value for name, value in KILL.items() if name != field}) == message
    for wrong in (others[kind], None, True, 1.0):
        assert refusal(KILL | {field: wrong}) == message


@pytest.mark.parametrize("raw", [None, 5, "kill", [], [KILL], True])
def test_only_an_object_is_a_command(raw: object) -> None:
    """Anything else, and what was not JSON at all (None), is refused."""
    assert refusal(raw) == "a command is a JSON object"


@pytest.mark.parametrize("field", ["id", "actor"])
@pytest.mark.parametrize("word", ["", "two words", "line\n", "x" * 65])
def test_ids_and_actors_are_single_words(field: str, word: str) -> None:
    """They end up in logs and audit records, so they have no spaces and at most 64 characters."""
    assert refusal(KILL | {field: word}) == f"'{field}' must be 1 to 64 characters without spaces"
    assert getattr(parse(KILL | {field: "x" * 64}), field) == "x" * 64


@pytest.mark.parametrize("cmd", ["kill", "unkill"])
@pytest.mark.parametrize("scope", ["all", "model:ml-fusion", "symbol:BTCUSDT", "symbol:binance:BTCUSDT"])
def test_a_kill_may_be_scoped(cmd: str, scope: str) -> None:
    """Kill and unkill take all, one model or one symbol."""
    assert parse(command(cmd, {"reason": "why"}, scope=scope).as_dict()).scope == scope


@pytest.mark.parametrize(
    "scope", ["", "ALL", "all ", "symbol", "symbol:", "model:", "venue:x", "symbol:A B", "symbol:" + "x" * 81]
)
def test_other_scopes_are_refused(scope: str) -> None:
    """A mistyped scope must not silently kill nothing."""
    assert refusal(KILL | {"scope": scope}) == "'scope' must be all, model:NAME or symbol:NAME"


@pytest.mark.parametrize(("cmd", "args"), [(c, a) for c, a in GOOD if c not in ("kill", "unkill")])
def test_everything_else_is_for_all(cmd: str, args: dict[str, Any]) -> None:
    """A scoped halt, rollout or flag would look narrower than it is."""
    raw = command(cmd, args, scope="symbol:BTCUSDT").as_dict()
    assert refusal(raw) == f"'{cmd}' takes the scope all only"


GUARD_MAY = {"kill", "halt", "rollback", "rollout", "policy.set", "weights.set", "model.promote"}
MAY = {"guard": GUARD_MAY, "trader": {"paper.order", "paper.close"}}


@pytest.mark.parametrize(("cmd", "args"), GOOD)
@pytest.mark.parametrize("role", ["admin", "trader", "viewer", "guard", "root", ""])
def test_only_the_roles_of_the_table_may_send_a_command(role: str, cmd: str, args: dict[str, Any]) -> None:
    """The admin may do all; the guard brakes and moves the rollout, never un-kills; the trader trades."""
    raw = command(cmd, args, role=role).as_dict()
    if role == "admin" or cmd in MAY.get(role, ()):
        assert parse(raw) == Command(**raw)
    else:
        assert refusal(raw) == f"role '{role}' may not send '{cmd}'"


def test_a_command_is_frozen_and_its_plain_form_is_a_copy() -> None:
    """Nobody downstream can change what was signed."""
    one = command("kill", {"reason": "x"})
    one.as_dict()["args"]["reason"] = "y"
    assert one.args == {"reason": "x"}
    with pytest.raises(FrozenInstanceError):
        one.cmd = "unkill"  # type: ignore[misc]
