"""``levibot daily morning`` and ``evening`` off a broker and a Redis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from typer.testing import CliRunner

from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.kafka.clients import producer
from connectors.redis.writer import ViewWriter
from connectors.settings import settings
from flows.commands.daily import app
from tests.one_shard import OneShard, trade

pytestmark = pytest.mark.embedded

HOUR = 3_600 * 10**9
MIDNIGHT = 20_000 * 24 * HOUR
"""Of a day in 2024."""


def body(n: int, hours: int, equity: str, pnl: str) -> dict[str, Any]:
    """Return what is looked at of an ``account`` body with one position."""
    positions = [{"symbol": "BTCUSDT", "venue": "", "pnl": pnl}]
    return {
        "book": "active", "ordinal": n, "ts": MIDNIGHT + hours * HOUR, "equity": equity, "trades": 2 * n,
        "win_rate": 0.5, "positions": positions,
    }  # fmt: skip


RECORDS = [body(0, -6, "1000.00000000", "0.00000000"), body(1, -1, "1010.00000000", "2.00000000"),
           body(2, 9, "950.00000000", "-55.00000000")]  # fmt: skip


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    """A topic with an account of two days."""
    with EmbeddedBroker({"account": 1}) as found:
        sender = producer(found.bootstrap, linger_ms=0)
        for record in RECORDS:
            sender.produce("account", orjson.dumps(record), partition=0)
        assert sender.flush(20) == 0
        yield found


@pytest.fixture(autouse=True)
def environment(broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings of that broker."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP", broker.bootstrap)
    settings.cache_clear()
    yield
    settings.cache_clear()


def run(*arguments: object) -> tuple[int, str]:
    """Run a command; return its exit code and what it printed."""
    done = CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)
    return done.exit_code, done.output


def test_a_position_that_loses_is_to_be_seen_to(tmp_path: Path) -> None:
    """Exit 1, as without a replay report; the night is what the last fifteen hours made."""
    code, text = run("morning", "--reports", tmp_path, "--json")
    found = orjson.loads(text)
    assert (code, found["night"]["pnl"], found["night"]["from_ts"]) == (
        1,
        "-50.00000000",
        MIDNIGHT - 6 * HOUR,
    )
    assert found["losing"] == [{"symbol": "BTCUSDT", "venue": "", "pnl_usd": "-55.00000000"}]
    assert len(found["look"]) == 2
    assert "look: BTCUSDT is at -55.00000000 USD" in run("morning", "--reports", tmp_path)[1]


def test_a_morning_with_nothing_to_see_to(tmp_path: Path) -> None:
    """Exit 0."""
    report = {"equal": True, "made_at": "", "first": None, "pnl": None, "features": {"consistent": True}}
    (tmp_path / "replay_20261121.json").write_bytes(orjson.dumps(report))
    code, text = run("morning", "--reports", tmp_path, "--loss", "-60", "--night", "10h")
    assert (code, text.splitlines()[1:]) == (
        0, ["night: PnL -60.00000000 USD, equity 950.00000000; 1 positions", "nothing to see to"]
    )  # fmt: skip


def test_an_evening_is_kept(
    tmp_path: Path, embedded_redis: EmbeddedRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The day since midnight, and the flags of the shards' desk."""
    monkeypatch.setenv("REDIS_URL", embedded_redis.url)
    settings.cache_clear()
    shard = OneShard()
    shard.feed(trade("BTCUSDT", 1, 100.0), trade("BTCUSDT", 2, 100.0))
    with ViewWriter(embedded_redis.url) as writer:
        writer.put("ticks/0000", shard.view.as_dict())
    code, text = run("evening", "--out", tmp_path, "--json")
    found = orjson.loads(text)
    assert (code, found["pnl"], found["trades"], found["win_rate"]) == (0, "-60.00000000", 2, 0.5)
    assert orjson.loads(Path(found["report"]).read_bytes())["equity"] == "950.00000000"
    assert yaml.safe_load(Path(found["flags"]).read_text())["model"] == shard.view.as_dict()["desk"]["model"]


def test_without_redis_no_flags_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 2, and nothing is written."""
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    settings.cache_clear()
    code, text = run("evening", "--out", tmp_path)
    assert code == 2
    assert "the flags in force are in Redis" in text
    assert list(tmp_path.iterdir()) == []
