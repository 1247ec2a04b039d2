"""How commands move the desk: a table of every transition, and what changes nothing."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import orjson
import pytest
from control.examples import DIGEST, GOOD, command

from models.desk.desk import Desk, take_in

MODELS = ("stub-sine", "ml-fusion", "river-logistic")
BUNDLE, OTHER = f"lgbm-btcusdt@{DIGEST}", f"lgbm-other@{DIGEST}"

Fields = dict[str, Any]
TRANSITIONS: tuple[tuple[Fields, tuple[str, str, Fields], Fields], ...] = (
    # before, (command, scope, arguments), what differs after
    ({}, ("kill", "all", {}), {"killed": True, "killed_by": "ada"}),
    ({"killed": True, "killed_by": "drift"}, ("kill", "all", {}), {"killed_by": "ada"}),
    ({"killed": True, "killed_by": "bob"}, ("unkill", "all", {}), {"killed": False, "killed_by": ""}),
    ({}, ("unkill", "all", {}), {}),
    ({}, ("kill", "model:ml-fusion", {}), {"killed_models": ["ml-fusion"]}),
    ({"killed_models": ["a"]}, ("kill", "model:b", {}), {"killed_models": ["a", "b"]}),
    ({"killed_models": ["a", "b"]}, ("unkill", "model:a", {}), {"killed_models": ["b"]}),
    ({}, ("kill", "symbol:BTCUSDT", {}), {"killed_symbols": ["BTCUSDT"]}),
    ({"killed_symbols": ["A"]}, ("kill", "symbol:A", {}), {}),
    ({"killed_symbols": ["A", "B"]}, ("unkill", "symbol:B", {}), {"killed_symbols": ["A"]}),
    ({"killed_symbols": ["A"]}, ("unkill", "symbol:B", {}), {}),
    ({}, ("kill", "symbol:bybit:A", {}), {"killed_symbols": ["bybit:A"]}),
    ({"killed": True, "killed_symbols": ["A"]}, ("unkill", "all", {}), {"killed": False}),
    ({"killed": True, "killed_models": ["m"]}, ("unkill", "all", {}), {"killed": False}),
    ({"killed": True}, ("unkill", "symbol:A", {}), {}),
    ({"killed": True}, ("resume", "all", {}), {}),
    ({}, ("halt", "all", {}), {"halted": True}),
    ({"halted": True}, ("halt", "all", {}), {}),
    ({"halted": True}, ("resume", "all", {}), {"halted": False}),
    ({"halted": True}, ("unkill", "all", {}), {}),
    ({}, ("canary", "all", {"enabled": True}), {"canary": True}),
    ({"canary": True}, ("canary", "all", {"enabled": False}), {"canary": False}),
    ({"canary_symbols": ["A"]}, ("canary", "all", {"enabled": True}), {"canary": True}),
    (
        {},
        ("canary", "all", {"enabled": True, "symbols": ["B", "A"]}),
        {"canary": True, "canary_symbols": ["A", "B"]},
    ),
    ({"fraction": 0.5}, ("rollout", "all", {"phase": "preview"}), {"preview": True}),
    ({"preview": True}, ("rollout", "all", {"phase": 0.1}), {"preview": False, "fraction": 0.1}),
    ({"fraction": 0.1}, ("rollout", "all", {"phase": 0.5}), {"fraction": 0.5}),
    ({"fraction": 0.5}, ("rollout", "all", {"phase": 1}), {"fraction": 1.0}),
    ({"fraction": 0.5}, ("rollout", "all", {"phase": 0}), {"fraction": 0.0}),
    ({"fraction": 0.5, "preview": True}, ("rollback", "all", {}), {"preview": False, "fraction": 0.0}),
    (
        {"model": "ml-fusion"},
        ("model.select", "all", {"name": "stub-sine"}),
        {"model": "stub-sine", "switches": 1},
    ),
    ({"model": "ml-fusion", "switches": 4}, ("model.select", "all", {"name": "ml-fusion"}), {}),
    (
        {},
        ("flag.set", "all", {"key": "ml_confid_floor", "value": 0.65}),
        {"flags": {"ml_confid_floor": 0.65}},
    ),
    (
        {"flags": {"max_open_positions": 5, "ml_confid_floor": 0.6}},
        ("flag.set", "all", {"key": "ml_confid_floor", "value": 0}),
        {"flags": {"max_open_positions": 5, "ml_confid_floor": 0}},
    ),
    ({}, ("policy.set", "all", {"entry": 0.6, "exit": 0.4}), {"entry": 0.6, "exit": 0.4}),
    ({}, ("policy.set", "all", {"entry": 1, "exit": 0}), {"entry": 1.0, "exit": 0.0}),
    ({}, ("weights.set", "all", {"parts": [2, 1, 0]}), {"weights": [2.0, 1.0, 0.0]}),
    ({}, ("weights.set", "all", {"members": {"ml-fusion": 2}}), {"members": {"ml-fusion": 2.0}}),
    (
        {"bundles": [BUNDLE]},
        ("weights.set", "all", {"members": {BUNDLE: 1, "stub-sine": 1}}),
        {"members": {BUNDLE: 1.0, "stub-sine": 1.0}},
    ),
    ({}, ("model.select", "all", {"name": BUNDLE}), {"wanted": BUNDLE}),
    ({"wanted": BUNDLE}, ("model.select", "all", {"name": OTHER}), {"wanted": OTHER}),
    ({"wanted": BUNDLE}, ("model.select", "all", {"name": "ml-fusion"}), {"wanted": ""}),
    (
        {"canary": True},
        ("model.promote", "all", {"name": BUNDLE}),
        {"wanted": BUNDLE, "promoting": True},
    ),
    (
        {"canary": True, "model": BUNDLE},
        ("model.promote", "all", {"name": "ml-fusion"}),
        {"model": "ml-fusion", "canary": False, "switches": 1},
    ),
    ({"promoting": True}, ("model.select", "all", {"name": BUNDLE}), {"wanted": BUNDLE, "promoting": False}),
    ({}, ("model.rollback", "all", {"name": BUNDLE}), {"wanted": BUNDLE}),
    (
        {"model": BUNDLE, "entry": 0.7, "exit": 0.2, "usual": [0.6, 0.4]},
        ("model.rollback", "all", {"name": "stub-sine"}),
        {"model": "stub-sine", "switches": 1, "entry": 0.6, "exit": 0.4},
    ),
    (
        {"model": "stub-sine", "entry": 0.7},
        ("model.select", "all", {"name": "ml-fusion"}),
        {"model": "ml-fusion", "switches": 1},
    ),
    ({}, ("partitions.grow", "all", {"topic": "ticks", "partitions": 6}), {}),
    ({}, ("paper.order", "all", {"symbol": "A", "side": "buy", "notional_usd": 5}), {}),
    ({}, ("paper.close", "all", {"symbol": "A"}), {}),
    ({}, ("backtest.run", "all", {"days": 90}), {}),
    ({}, ("rollout.start", "all", {"profile": "marathon"}), {}),
    ({}, ("rollout.approve", "all", {}), {}),
    ({}, ("rollout.suspend", "all", {"reason": "maintenance"}), {}),
    ({}, ("rollout.resume", "all", {"reason": "it is over"}), {}),
    ({}, ("rollout.retry", "all", {"reason": "mended"}), {}),
    ({}, ("calibration.mark", "all", {}), {}),
)  # fmt: skip


def desk(fields: Fields) -> Desk:
    """Return a desk with these fields, the rest as at the start."""
    return Desk.from_dict(Desk().as_dict() | fields)


@pytest.mark.parametrize(("before", "sent", "changes"), TRANSITIONS)
def test_a_command_changes_what_it_says_and_nothing_else(
    before: Fields, sent: tuple[str, str, Fields], changes: Fields
) -> None:
    """Beside the change itself, only the actor's number moves on."""
    cmd, scope, args = sent
    start = desk(before)
    after, refusal = take_in(start, command(cmd, args, scope=scope, n=7), MODELS)
    assert refusal is None
    assert after.as_dict() == start.as_dict() | {"numbers": {"admin:ada": 7}} | changes


def test_the_table_has_every_command() -> None:
    """A new command needs a row here."""
    assert {sent[0] for _, sent, _ in TRANSITIONS} == {cmd for cmd, _ in GOOD}


@pytest.mark.parametrize(("cmd", "args"), GOOD)
def test_commands_are_absolute(cmd: str, args: Fields) -> None:
    """The same command under a new number leaves the desk where it is."""
    once, _ = take_in(Desk(), command(cmd, args, n=1), MODELS)
    twice, _ = take_in(once, command(cmd, args, n=2), MODELS)
    assert twice.as_dict() == once.as_dict() | {"numbers": {"admin:ada": 2}}


@pytest.mark.parametrize("n", [5, 4, 0, -1])
def test_a_number_not_above_the_last_is_a_repeat(n: int) -> None:
    """A late or doubled record is a no-op, even if it would un-kill."""
    killed, _ = take_in(Desk(), command("kill", n=5), MODELS)
    after, refusal = take_in(killed, command("unkill", {"reason": "late"}, n=n), MODELS)
    assert after is killed
    assert refusal == f"repeat: actor 'ada' has already sent number {n} or a later one"


def test_numbers_may_jump_and_are_counted_by_actor() -> None:
    """Each actor numbers its own commands, from 0 or anywhere."""
    first, _ = take_in(Desk(), command("kill", n=900), MODELS)
    second, refusal = take_in(first, command("unkill", {"reason": "x"}, actor="bob", n=0), MODELS)
    assert refusal is None
    assert (second.killed, second.numbers) == (False, {"admin:ada": 900, "admin:bob": 0})


def test_an_unknown_model_is_refused_but_its_number_is_used_up() -> None:
    """Every shard refuses it alike, now and in a replay."""
    start = desk({"numbers": {"admin:bob": 3}})
    after, refusal = take_in(start, command("model.select", {"name": "gpt"}, n=8), MODELS)
    assert (
        refusal
        == "model 'gpt' is not known; known: stub-sine, ml-fusion, river-logistic, NAME@SHA256 of a bundle"
    )
    assert after.as_dict() == start.as_dict() | {"numbers": {"admin:bob": 3, "admin:ada": 8}}
    assert take_in(after, command("kill", n=8), MODELS)[1] is not None


@pytest.mark.parametrize(("cmd", "args"), GOOD)
def test_taking_in_leaves_the_desk_before_as_it_was(cmd: str, args: Fields) -> None:
    """Rows already stamped with a desk keep that desk."""
    start = desk({"flags": {"max_open_positions": 5}, "numbers": {"admin:bob": 1}, "killed_symbols": ["A"]})
    plain = start.as_dict()
    after, _ = take_in(start, command(cmd, args), MODELS)
    assert after is not start
    assert start.as_dict() == plain


def test_a_desk_is_frozen_and_shares_nothing_with_plain_forms() -> None:
    """Neither an attribute nor the data it was read from or written to can change it."""
    plain = Desk().as_dict() | {"flags": {"poll_interval_ms": 90_000}, "numbers": {"admin:ada": 1}}
    one = Desk.from_dict(plain)
    with pytest.raises(FrozenInstanceError):
        one.killed = True  # type: ignore[misc]
    for outside in (plain, one.as_dict()):
        outside["flags"]["poll_interval_ms"] = 1
        outside["numbers"]["admin:ada"] = 99
        outside["canary_symbols"].append("X")
    assert one.as_dict() == Desk().as_dict() | {
        "flags": {"poll_interval_ms": 90_000},
        "numbers": {"admin:ada": 1},
    }


def test_a_desk_survives_json() -> None:
    """What is stored and shown is JSON; sets come out sorted."""
    one = desk({"killed_symbols": ["B", "A"], "weights": [2.0, 1.0, 0.5], "flags": {"audit_ml_bucket": True}})
    text = orjson.dumps(one.as_dict())
    back = Desk.from_dict(orjson.loads(text))
    assert back.as_dict() == one.as_dict()
    assert orjson.dumps(back.as_dict()) == text
    assert back.as_dict()["killed_symbols"] == ["A", "B"]
    assert (back.weights, back.killed_symbols) == ((2.0, 1.0, 0.5), frozenset({"A", "B"}))


def test_a_new_desk_trades_with_the_owners_defaults() -> None:
    """Nothing killed, full rollout, ml-fusion between 0.45 and 0.55, no confidence floor."""
    new = Desk()
    assert (new.killed, new.halted, new.canary, new.preview, new.fraction) == (
        False,
        False,
        False,
        False,
        1.0,
    )
    assert (new.model, new.entry, new.exit, new.confid_floor) == ("ml-fusion", 0.55, 0.45, 0.0)
    assert new.canary_symbols == {"BTCUSDT", "ETHUSDT"}


def test_one_role_cannot_use_up_the_numbers_of_another() -> None:
    """A guard's key that names actor ada takes nothing from ada the admin."""
    guard = command("kill", role="guard", actor="ada", n=10**18)
    after, _ = take_in(Desk(), guard, ())
    lifted, refusal = take_in(after, command("unkill", {"reason": "checked"}, actor="ada", n=1), ())
    assert (lifted.killed, refusal) == (False, None)


def test_an_ensemble_takes_only_bundles_that_are_loaded() -> None:
    """Else a shard would wait with half a mixture."""
    start = desk({})
    after, refusal = take_in(start, command("weights.set", {"members": {BUNDLE: 1}}, n=4), MODELS)
    assert refusal == f"'{BUNDLE}' is not loaded: select it first, or the model that it is to join"
    assert after.as_dict() == start.as_dict() | {"numbers": {"admin:ada": 4}}
