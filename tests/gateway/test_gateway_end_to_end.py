"""The page of the gateway as an operator follows it, with the real API and the real signals flow."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from connectors.embedded import EmbeddedBroker, EmbeddedRedis, free_port
from connectors.embedded.child import Child
from tests.docs.blocks import ROOT, blocks, reader_home
from tests.flows.running import Stage, until

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(240)]

KEYS = {role: f"{role}-key-for-the-page" for role in ("admin", "trader", "viewer")}
LINES = [block.text for block in blocks(ROOT / "docs" / "gateway.md") if block.language == "bash"]
PAST = ("simulate", "--symbols", "4", "--rate", "5", "--speed", "max", "--json")


class Operator:
    """Somebody with the page and a terminal, and what the API shows beside it."""

    def __init__(self, stage: Stage, home: Path) -> None:
        self.stage, self._home = stage, home
        keys = {f"{role.upper()}_KEY": key for role, key in KEYS.items()}
        self.url = f"http://127.0.0.1:{stage.values['api_port']}"
        self._env = keys | reader_home(home, os.environ["PATH"])
        self.audit = home / "ops" / "audit.log"
        api = [sys.executable, "-m", "api"]
        env = stage.env | keys | {"AUDIT_FILE": str(self.audit), "PYTHONPATH": str(ROOT)}
        self.api = Child("the API", api, log=home / "api.log", env=env)

    def follow(self, lines: str) -> list[dict[str, Any]]:
        """Run a block of the page; return the JSON objects that it printed."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", lines.replace("http://127.0.0.1:8000", self.url)],
            check=False, cwd=self._home, env=self._env, capture_output=True, text=True, timeout=90,
        )  # fmt: skip
        assert done.returncode == 0, f"exit {done.returncode}\n{lines}\n{done.stdout}{done.stderr}"
        return [
            orjson.loads(part) for part in done.stdout.replace("}{", "}\n{").splitlines() if part[:1] == "{"
        ]

    def get(self, path: str) -> Any:
        """Return what the API shows."""
        return httpx.get(f"{self.url}{path}", timeout=10).json()

    def is_up(self) -> bool:
        """Return whether the API answers, and sees the flow."""
        try:
            return bool(self.get("/healthz")["executor"] == "online")
        except httpx.HTTPError:
            return False

    def market(self, seed: int) -> None:
        """Let some seconds of a market pass."""
        self.stage.levibot("feed", *PAST, "--seconds", "8", "--seed", str(seed), "--topic", self.stage.ticks)


@pytest.fixture
def operator(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> Iterator[Operator]:
    """An operator beside a flow whose model always says BUY."""
    stage = Stage(
        "nowhere", embedded_redis.url, model="constant-0.99", partitions="2", api_port=str(free_port())
    )
    stage = stage.at(embedded_broker(stage.topics()).bootstrap)
    with ExitStack() as ending:
        flow = ending.enter_context(stage.flow(tmp_path / "flow.log"))
        found = Operator(stage, tmp_path)
        ending.callback(found.api.stop)
        found.market(0)
        flow.opened()
        until(found.is_up, f"the API; see {tmp_path}")
        yield found
        assert flow.stop() == 0


def test_the_page_from_top_to_bottom(operator: Operator) -> None:
    """Each line does what the page says, the shards obey, and all of it is in the audit."""
    secrets, login, unkill, others, token = LINES
    assert secrets.startswith("python3 -c")
    stage = operator.stage
    logged_in, killed = operator.follow(login)
    assert (logged_in["role"], killed["ok"], killed["killed"]) == ("admin", True, True)
    assert killed["message"] == "Emergency kill switch activated. All trading stopped."
    assert [shard["shard"] for shard in killed["shards"]] == [f"{stage.ticks}/{n:04d}" for n in range(2)]
    operator.market(1)
    until(lambda: any(b["reason"] == "killed" for b in stage.bodies("signals")), "a held signal")
    [back] = operator.follow(unkill)
    assert (back["ok"], back["killed"], back["message"][:11]) == (True, False, "Kill switch")
    operator.market(2)
    until(lambda: stage.bodies("signals")[-1]["signal"] == "BUY", "signals after the un-kill")
    assert_held_between(stage.bodies("signals"), killed["shards"], back["shards"])

    said = operator.follow(others)
    assert all(answer["ok"] and len(answer["shards"]) == 2 for answer in said)
    assert (said[0]["canary_mode"], said[0]["allow_symbols"]) == (True, ["BTCUSDT", "ETHUSDT"])
    assert (said[1]["canary_mode"], said[3]["model"]) == (False, "stub-sine")
    flags = until(
        lambda: (f := operator.get("/admin/flags")["flags"]).get("max_daily_loss") and f, "the flag"
    )
    assert (flags["max_daily_loss"], flags["killed"], flags["canary_mode"]) == (-200, False, False)

    me, bought, closed, out = operator.follow(token)
    assert (me["user"], me["permissions"]["canTrade"], me["permissions"]["canKill"]) == ("ada", True, False)
    assert (bought["side"], closed["notional_usd"], out["ok"]) == ("buy", 0, True)
    assert operator.api.stop() == 0
    assert_audited(operator)


def assert_held_between(
    bodies: list[dict[str, Any]], killed: list[dict[str, Any]], back: list[dict[str, Any]]
) -> None:
    """Signals of each shard are HOLD behind the place of the kill, and BUY behind that of the un-kill."""
    for shard, (begun, ended) in enumerate(zip(killed, back, strict=True)):
        mine = [b for b in bodies if b["caused_by"]["partition"] == shard]
        held = [b for b in mine if begun["seq"] < b["caused_by"]["seq"] <= ended["seq"]]
        assert {body["signal"] for body in held} <= {"HOLD"}
        later = [b for b in mine if b["caused_by"]["seq"] > ended["seq"]]
        assert {body["signal"] for body in later} <= {"BUY"}


def assert_audited(operator: Operator) -> None:
    """File and topic have the same records in the same order, one for each line of the page but /auth/me."""
    lines = [orjson.loads(line) for line in operator.audit.read_bytes().splitlines()]
    assert operator.audit.stat().st_mode & 0o777 == 0o600
    assert operator.stage.bodies("audit.gateway") == lines
    assert [(body["role"], body["path"], body["cmd"], body["outcome"]) for body in lines] == [
        ("admin", "/auth/admin/login", "", "done"),
        ("admin", "/admin/kill", "kill", "done"),
        ("admin", "/admin/unkill", "unkill", "done"),
        ("admin", "/admin/canary/on", "canary", "done"),
        ("admin", "/admin/canary/off", "canary", "done"),
        ("admin", "/admin/set-flag", "flag.set", "done"),
        ("admin", "/ai/select", "model.select", "done"),
        ("admin", "/ml/kill", "kill", "done"),
        ("admin", "/ml/kill", "unkill", "done"),
        ("admin", "/engines/BTCUSDT/stop", "kill", "done"),
        ("admin", "/engines/BTCUSDT/start", "unkill", "done"),
        ("admin", "/backtest/run", "backtest.run", "done"),
        ("trader", "/auth/login", "", "done"),
        ("trader", "/paper/order", "paper.order", "done"),
        ("trader", "/paper/order", "paper.order", "done"),
        ("trader", "/auth/logout", "", "done"),
    ]
    text = operator.audit.read_text(encoding="utf-8")
    assert not [key for key in KEYS.values() if key in text]
