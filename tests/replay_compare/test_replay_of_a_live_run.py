"""``levibot replay --last 24h --compare`` beside running processes: signals and the paper account on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.embedded.child import Child
from connectors.kafka.topics import account_output
from models.judge.records import SIGNALS
from models.spec import SECOND
from tests.flows.running import LEVIBOT, Stage, until

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(180)]

FEED = ("feed", "simulate", "--symbols", "6", "--rate", "5", "--speed", "max", "--json", "--seconds", "150")


def marked_to(stage: Stage) -> int:
    """Return the second of the account's last minute mark."""
    found = [orjson.loads(m.value()) for m in stage.read(account_output("account", stage.settings))]
    return max((body["ts"] for body in found if body["event"] == "minute"), default=0) // SECOND


def test_signals_trades_equity_and_features_are_those_of_the_run(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """Under a kill and an unkill in the middle, off the topics, while both processes go on."""
    made = Stage("nowhere", embedded_redis.url, partitions="2", paper_port="0", model="constant-0.99")
    stage = made.at(embedded_broker(made.topics()).bootstrap)
    stage.levibot(*FEED, "--seed", "1", "--topic", stage.ticks)
    account = Child("the account", [LEVIBOT, "run", "paper"], log=tmp_path / "account.log", env=stage.env)
    try:
        with stage.flow(tmp_path / "flow.log"):
            until(stage.read_up_to, "all ticks")
            until(lambda: marked_to(stage) > 0, "the account to have begun before the kill")
            stage.levibot("control", "kill", "--reason", "drill", "--wait")
            stage.levibot("control", "unkill", "--reason", "over", "--wait")
            until(lambda: marked_to(stage) >= stage.closed_to() - 70, "the account's last minute")
            found = report(stage, tmp_path / "reports")
    finally:
        account.kill()
    assert (found["equal"], found["first"]) == (True, None)
    rows = {topic: sum(r["recorded"] for r in found["topics"] if r["topic"] == topic) for topic in NEEDED}
    assert min(rows.values()) >= 5 and rows[SIGNALS] > 500
    assert found["features"]["consistent"] is True and found["features"]["rows"] > 500
    assert found["pnl"]["active"]["difference"] == "0.00000000"
    assert float(found["pnl"]["active"]["live"]["fees"]) > 0


NEEDED = (SIGNALS, "trades", "account")


def report(stage: Stage, out: Path) -> dict[str, Any]:
    """Return the report of the last day."""
    told = stage.levibot("replay", "--last", "24h", "--compare", "--out", str(out), "--json")
    found: dict[str, Any] = orjson.loads(told)
    return found
