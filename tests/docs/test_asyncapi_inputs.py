"""The contract of what the product reads, ticks and commands: it admits what the code admits, and no more."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest

from connectors.codecs import Decoder
from models.control.commands import BadCommandError, parse
from tests.control.examples import GOOD, command, signed
from tests.docs.contract import kinds, validator, why_not

TICK = {"symbol": "BTCUSDT", "ts": 1_700_000_000_000_000_000, "price": 60_000.5, "qty": 0.25}
VALUES: tuple[object, ...] = (
    None, True, "", " ", "BTC-USDT", "btc/usdt", "BTC USDT", "BÄR", "a" * 32, "a" * 33, "-1", "+1", "1_000",
    ".5", "5.", "1e-7", "1e", "0", "0.0", "0x10", "nan", "inf", 0, -1, 0.5, -0.5, 1, 2**63 - 1, 2**63,
    978_307_200 * 10**9 - 1, 978_307_200 * 10**9, 4_102_444_800 * 10**9 - 1, 4_102_444_800 * 10**9,
    "buy", "sell", "BUY", [], [1], {}, {"a": 1},
)  # fmt: skip


@pytest.mark.parametrize("field", ["symbol", "ts", "price", "qty", "side", "trade_id", "exchange", "more"])
def test_the_tick_of_the_contract_is_the_tick_that_is_read(field: str) -> None:
    """Whatever stands in a field, or nothing, contract and codec agree on whether it is a tick."""
    decoder, described = Decoder("canonical"), validator("tick")
    ticks = [{**TICK, field: value} for value in VALUES] + [{k: v for k, v in TICK.items() if k != field}]
    for tick in ticks:
        read = len(decoder.decode([orjson.dumps(tick)]).ticks) == 1
        assert described.is_valid(tick) is read, tick


def test_several_ticks_in_a_record_are_as_described() -> None:
    """A list of ticks is one message, an object the other."""
    assert kinds("ticks", orjson.dumps(TICK)) == ["tick"]
    assert kinds("ticks", orjson.dumps([TICK, TICK])) == ["tickList"]
    assert kinds("ticks", orjson.dumps([TICK, {}])) == []


MORE: tuple[tuple[str, dict[str, Any]], ...] = (
    *(("flag.set", {"key": key, "value": value}) for key, value in {
        "max_daily_loss": -1, "max_position_size_usd": 0.5, "max_open_positions": 0, "ml_confid_floor": 1,
        "enable_telegram_alerts": True, "poll_interval_ms": 1_000, "audit_ml_bucket": False,
        "audit_ml_signal_parts": True, "slo.drift.psi.warn": 0.2,
    }.items()),
)  # fmt: skip


@pytest.mark.parametrize(("cmd", "args"), GOOD + MORE, ids=json.dumps)
def test_good_commands_are_as_described(cmd: str, args: dict[str, Any]) -> None:
    """As they are signed, and as they are journalled."""
    good = command(cmd, args)
    assert kinds("control", orjson.dumps(signed(good))) == ["command"], why_not(
        "control", orjson.dumps(signed(good))
    )
    entry = {
        "gen": 1, "seq": 3, "after": 7, "kind": "command", "ctl_offset": 0,
        "payload": {"command": good.as_dict(), "ts": good.ts},
    }  # fmt: skip
    assert kinds("journal", orjson.dumps(entry)) == ["taken"]


BAD: tuple[dict[str, Any], ...] = (
    {"cmd": "explode"},
    {"cmd": "halt", "scope": "symbol:BTCUSDT"},
    {"scope": "symbol:"},
    {"scope": "symbol:A B"},
    {"role": "viewer"},
    {"role": "trader"},
    {"role": "trader", "cmd": "backtest.run"},
    {"cmd": "paper.order", "args": {"symbol": "BTCUSDT", "side": "buy"}},
    {"cmd": "paper.order", "args": {"symbol": "BTCUSDT", "side": "buy", "notional_usd": 0}},
    {"cmd": "paper.order", "args": {"symbol": "BTCUSDT", "side": "short", "notional_usd": 1}},
    {"cmd": "paper.order", "args": {"symbol": "A B", "side": "sell", "notional_usd": 0}},
    {"cmd": "paper.order", "args": {"symbol": "A", "side": "sell", "notional_usd": -1}},
    {"cmd": "paper.close", "args": {"symbol": ""}},
    {"cmd": "backtest.run", "args": {"symbols": []}},
    {"cmd": "backtest.run", "args": {"days": 0}},
    {"cmd": "backtest.run", "args": {"model": "lgbm@abc"}},
    {"role": "guard", "cmd": "unkill", "args": {"reason": "x"}},
    {"id": ""},
    {"id": "a b"},
    {"id": "x" * 65},
    {"actor": None},
    {"n": "1"},
    {"ts": "now"},
    {"args": []},
    {"args": {"why": "x"}},
    {"args": {"reason": 1}},
    {"cmd": "unkill"},
    {"cmd": "unkill", "args": {"reason": " "}},
    {"cmd": "resume", "args": {}},
    {"cmd": "canary"},
    {"cmd": "canary", "args": {"enabled": "on"}},
    {"cmd": "canary", "args": {"enabled": True, "symbols": [""]}},
    {"cmd": "canary", "args": {"enabled": True, "symbols": []}},
    {"cmd": "rollout", "args": {"phase": 0.2}},
    {"cmd": "rollout", "args": {}},
    {"cmd": "model.select", "args": {"name": "a b"}},
    {"cmd": "model.select", "args": {"name": "lgbm@abc"}},
    {"cmd": "model.promote", "args": {}},
    {"cmd": "model.rollback", "args": {"name": "ml-fusion", "note": 1}},
    {"cmd": "weights.set", "args": {}},
    {"cmd": "weights.set", "args": {"members": {}}},
    {"cmd": "weights.set", "args": {"members": {"ensemble": 1}}},
    {"cmd": "weights.set", "args": {"members": {"ml-fusion": -1}}},
    {"cmd": "flag.set", "args": {"key": "rocket", "value": 1}},
    {"cmd": "flag.set", "args": {"key": "ml_confid_floor"}},
    {"cmd": "policy.set", "args": {"entry": 1.5, "exit": 0.1}},
    {"cmd": "policy.set", "args": {"entry": 0.5}},
    {"cmd": "weights.set", "args": {"parts": [1, 2]}},
    {"cmd": "weights.set", "args": {"parts": [1, 2, -3]}},
    {"cmd": "partitions.grow", "args": {"topic": "ticks"}},
    {"cmd": "partitions.grow", "args": {"topic": "ticks", "partitions": 1}},
    {"cmd": "partitions.grow", "args": {"topic": "a b", "partitions": 6}},
)


@pytest.mark.parametrize("wrong", BAD, ids=json.dumps)
def test_bad_commands_are_not_as_described(wrong: dict[str, Any]) -> None:
    """What the product refuses, the contract refuses too."""
    raw = command("kill").as_dict() | wrong
    with pytest.raises(BadCommandError):
        parse(raw)
    assert not validator("command").is_valid(raw)


def test_a_guard_may_send_what_the_contract_says() -> None:
    """No more and no less."""
    for cmd, args in GOOD + MORE:
        raw = command(cmd, args, role="guard").as_dict()
        try:
            allowed = parse(raw) is not None
        except BadCommandError:
            allowed = False
        assert validator("command").is_valid(raw) is allowed, raw
