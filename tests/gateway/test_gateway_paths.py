"""The owner's paths: which command each sends, and what it answers once the shards have taken it in."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import orjson
import pytest
from running_gateway import Running, Shards, settings

from api.gateway.commands import PATHS as PATHS_OF_COMMANDS
from api.gateway.commands import Asked, Wish
from models.control.commands import Command, check

KILLED = "Emergency kill switch activated. All trading stopped."
RELEASED = "Kill switch deactivated. Trading can resume."
BY = "through the gateway"

ORDER = {"symbol": "BTCUSDT", "side": "sell", "notional_usd": 0}
RUN = {"symbols": ["BTCUSDT"], "days": 7}
LOSS = {"key": "max_daily_loss", "value": -200}
ALERTS = {"key": "enable_telegram_alerts", "value": True}
ONLY = {"enabled": True, "symbols": ["BTCUSDT"]}
KILL, UNKILL, CANARY = ("kill", "all"), ("unkill", "all"), ("canary", "all")

PATHS: tuple[tuple[str, Any, tuple[str, str], dict[str, Any], dict[str, Any]], ...] = (
    ("/admin/kill", None, KILL, {}, {"killed": True, "message": KILLED}),
    ("/admin/kill", {"reason": "drill"}, KILL, {"reason": "drill"}, {"killed": True}),
    ("/admin/unkill", None, UNKILL, {"reason": BY}, {"killed": False, "message": RELEASED}),
    ("/ml/kill?enabled=true", None, KILL, {}, {"killed": True}),
    ("/ml/kill?enabled=false", None, UNKILL, {"reason": BY}, {"killed": False}),
    ("/live/kill", None, KILL, {}, {"killed": True}),
    ("/live/kill", {"enabled": False, "reason": "well"}, UNKILL, {"reason": "well"}, {"killed": False}),
    ("/admin/canary/on", {"symbols": ["BTCUSDT"]}, CANARY, ONLY, {"allow_symbols": ["BTCUSDT"]}),
    ("/admin/canary/on", None, CANARY, {"enabled": True}, {"canary_mode": True}),
    ("/admin/canary/off", None, CANARY, {"enabled": False}, {"canary_mode": False}),
    ("/admin/set-flag?key=max_daily_loss&value=-200", None, ("flag.set", "all"), LOSS, LOSS),
    ("/admin/set-flag?key=enable_telegram_alerts&value=true", None, ("flag.set", "all"), ALERTS, ALERTS),
    ("/ai/select", {"name": "stub-sine"}, ("model.select", "all"), {"name": "stub-sine"}, {}),
    ("/paper/order", ORDER, ("paper.order", "all"), ORDER, ORDER),
    ("/backtest/run", RUN, ("backtest.run", "all"), RUN, {}),
    ("/engines/btcusdt/stop", None, ("kill", "symbol:BTCUSDT"), {}, {"symbol": "BTCUSDT", "running": False}),
    ("/engines/BTCUSDT/start", None, ("unkill", "symbol:BTCUSDT"), {"reason": BY}, {"running": True}),
)


@pytest.mark.parametrize(("path", "body", "command", "args", "told"), PATHS)
def test_path_asks_for_its_command(
    path: str, body: Any, command: tuple[str, str], args: dict[str, Any], told: dict[str, Any], tmp_path: Path
) -> None:
    """What its answer tells besides is what it asked for."""
    wish = wish_of(path, body, tmp_path)
    assert (wish.cmd, wish.scope) == command
    assert wish.args == {name: f"by ada {BY}" if v == BY else v for name, v in args.items()}
    answered = wish.told | {"message": wish.message}
    assert {name: answered[name] for name in told} == told
    check(
        Command(id="c", ts=1, actor="ada", n=1, role="admin", cmd=wish.cmd, scope=wish.scope, args=wish.args)
    )


def wish_of(path: str, body: Any, folder: Path) -> Wish:
    """Return what a path reads out of a request by ada."""
    where, _, query = path.partition("?")
    named = re.sub(r"^/engines/[^/]+", "/engines/{symbol:path}", where)
    read, possible = PATHS_OF_COMMANDS[named]
    raw = b"" if body is None else orjson.dumps(body)
    symbol = {"symbol": where.split("/")[2]} if named != where else {}
    wish = read(Asked(dict(parse_qsl(query)), symbol, raw, "ada", settings("-", folder)))
    assert wish.cmd in possible
    return wish


@pytest.mark.embedded
def test_a_command_is_sent_and_the_answer_tells_who_took_it_in(gateway: Running, shards: Shards) -> None:
    """The command is the session's; the answer has the command's id and each shard's time."""
    answer = gateway.caller().log_in("admin", "ada").post("/engines/btcusdt/start")
    assert answer.status_code == 200, answer.text
    said = answer.json()
    [sent] = shards.commands("ada")
    assert (sent.cmd, sent.scope, sent.role, sent.id) == ("unkill", "symbol:BTCUSDT", "admin", said["id"])
    assert dict(sent.args) == {"reason": f"by ada {BY}"}
    assert (said["ok"], said["symbol"], said["running"]) == (True, "BTCUSDT", True)
    assert [(s["shard"], s["after"]) for s in said["shards"]] == [("ticks/0000", 40), ("ticks/0001", 40)]
    assert said["ms"] == max(s["ms"] for s in said["shards"]) >= 0


@pytest.mark.embedded
def test_a_canary_without_symbols_tells_those_of_the_view(gateway: Running, shards: Shards) -> None:
    """Null where Redis is down, rather than a guess."""
    said = gateway.caller().log_in("admin", "beth").post("/admin/canary/on").json()
    assert (said["ok"], said["canary_mode"], said["allow_symbols"]) == (True, True, None)


@pytest.mark.embedded
def test_cookie_log_in_is_enough_for_the_owners_curl_lines(gateway: Running, shards: Shards) -> None:
    """The key opens a session in a cookie that scripts cannot read and other sites do not send."""
    caller = gateway.caller()
    answer = caller.post("/auth/admin/login", {"key": "admin-key-for-tests", "user": "cleo"})
    assert answer.json() == {"ok": True, "user": "cleo", "role": "admin", "expires_in": 3_600}
    cookie = answer.headers["set-cookie"].lower()
    for part in ("levibot_session=", "httponly", "samesite=strict", "path=/", "max-age=3600"):
        assert part in cookie
    assert "secure" not in cookie
    assert caller.post("/admin/kill").json()["killed"] is True
    assert caller.post("/auth/logout").json()["ok"] is True
    assert caller.client.get("/auth/me").status_code == 401


@pytest.mark.embedded
def test_cookie_is_for_https_alone_behind_a_proxy_that_speaks_it(gateway: Running) -> None:
    """The proxy is trusted, so that its word counts."""
    proxied = {"X-Forwarded-Proto": "https"}
    answer = gateway.caller().post("/auth/admin/login", {"key": "admin-key-for-tests"}, **proxied)
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("admin", {"canStart", "canStop", "canOptimize", "canTrade", "canKill"}),
        ("trader", {"canTrade"}),
        ("viewer", set()),
    ],
)
def test_who_one_is_and_what_one_may_do(gateway: Running, role: str, may: set[str]) -> None:
    """For the buttons of the panel."""
    said = gateway.caller().log_in(role, "eve").client.get("/auth/me").json()
    assert (said["user"], said["role"]) == ("eve", role)
    assert {name for name, allowed in said["permissions"].items() if allowed} == may


@pytest.mark.embedded
def test_an_idempotency_key_is_sent_once(gateway: Running, shards: Shards) -> None:
    """The second time nothing is sent, and the answer says so; another command may not have the same key."""
    caller, key = gateway.caller().log_in("admin", "finn"), {"Idempotency-Key": "deploy-7"}
    first, second = (caller.post("/admin/kill", **key) for _ in range(2))
    assert (first.json()["id"], "repeat" in first.json()) == ("deploy-7", False)
    assert (second.status_code, second.json()["repeat"], second.json()["shards"]) == (200, True, [])
    third = caller.post("/admin/unkill", **key)
    assert (third.status_code, third.json()["error"]) == (409, "used_key")
    assert [command.id for command in shards.commands("finn")] == ["deploy-7"]
    assert [body["outcome"] for body in gateway.file(caller.host)[1:]] == ["done", "repeat", "failed"]


@pytest.mark.embedded
def test_commands_of_one_user_at_once_are_all_taken_in(gateway: Running, shards: Shards) -> None:
    """Their numbers rise in the order in which they lie on the topic, or a desk would pass one over."""
    caller = gateway.caller().log_in("admin", "quinn")
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(caller.post, ["/admin/kill", "/admin/canary/off"] * 2))
    assert [answer.status_code for answer in answers] == [200] * 4
    numbers = [command.n for command in shards.commands("quinn")]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 4


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("path", "body", "hint"),
    [
        ("/admin/set-flag?key=colour&value=red", None, "unknown flag 'colour'"),
        ("/admin/set-flag?key=ml_confid_floor&value=2", None, "a number from 0 to 1"),
        ("/admin/set-flag", None, "key=...&value="),
        ("/ai/select", {"name": "gpt"}, "no model 'gpt'"),
        ("/ai/select", None, "stub-sine"),
        ("/paper/order", {"symbol": "BTCUSDT", "side": "buy", "notional_usd": 0}, "above 0"),
        ("/paper/order", {"symbol": "BTCUSDT", "side": "buy", "qty": 1}, "unknown field 'qty'"),
        ("/ml/kill?enabled=maybe", None, "true or false"),
        ("/admin/kill", b"{", "no JSON"),
        ("/admin/kill", [1], "must be a JSON object"),
        ("/backtest/run", {"days": 0}, "whole number from 1"),
    ],
)
def test_a_command_that_is_none_is_400_with_what_to_do(
    gateway: Running, path: str, body: Any, hint: str
) -> None:
    """Nothing is sent, and the refusal is on record."""
    caller = gateway.caller().log_in("admin")
    answer = caller.post(path, body)
    assert (answer.status_code, answer.json()["ok"]) == (400, False), answer.text
    assert hint in answer.json()["message"]
    assert gateway.file(caller.host)[-1]["outcome"] == "refused"


@pytest.mark.embedded
def test_a_silent_shard_is_named_and_the_command_stands(
    gateway: Running, shards: Shards, monkeypatch: pytest.MonkeyPatch
) -> None:
    """504, with the command's id and those that answered."""
    shards.silent = {1}
    hurried = gateway.config.model_copy(update={"ack_timeout_s": 1.5})
    monkeypatch.setattr(gateway.app.state.gateway.deliveries, "_settings", hurried)
    answer = gateway.caller().log_in("admin", "gina").post("/admin/kill")
    said = answer.json()
    assert (answer.status_code, said["error"], said["silent"]) == (504, "shard_silent", ["ticks/0001"])
    assert [shard["shard"] for shard in said["shards"]] == ["ticks/0000"]
    assert [command.id for command in shards.commands("gina")] == [said["id"]]


@pytest.mark.embedded
def test_other_methods_are_told_which_to_use(gateway: Running) -> None:
    """405, and nothing is sent."""
    answer = gateway.caller().client.get("/admin/kill")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.embedded
def test_a_long_body_is_refused(gateway: Running) -> None:
    """413 above 16 KiB."""
    answer = gateway.caller().log_in("admin").post("/admin/kill", {"reason": "x" * 17_000})
    assert answer.status_code == 413
