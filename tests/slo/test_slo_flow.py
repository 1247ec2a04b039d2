"""What running flows tell of themselves, read off the topic as the guard reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.embedded.child import Child
from models.slo.histogram import merged, total
from tests.flows.running import LEVIBOT, Stage, until

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(180)]

PAST = ("simulate", "--symbols", "20", "--rate", "10", "--speed", "max", "--json", "--seconds", "60")


def counted(bodies: list[dict[str, Any]]) -> Counter[str]:
    return sum((Counter(body["counts"]) for body in bodies), Counter())


def point(bodies: list[dict[str, Any]], name: str) -> int:
    """Return how many values were observed at a point."""
    return total(merged(body["latency"].get(name, {}) for body in bodies))


def test_two_runs_and_a_crash_between_them_are_told(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """Every signal of a run that was stopped is counted and timed once; a kill -9 shows in the next start."""
    stage = Stage("nowhere", embedded_redis.url, partitions="2", paper_port="0")
    stage = stage.at(embedded_broker(stage.topics()).bootstrap)
    stage.levibot("feed", *PAST, "--topic", stage.ticks)
    with stage.flow(tmp_path / "first.log") as flow:
        until(stage.read_up_to, "the market to be read")
        assert flow.stop() == 0
    bodies = stage.bodies("slo")
    assert {body["flow"] for body in bodies} == {"signals"}
    assert {body["source"] for body in bodies} == {f"{stage.ticks}/{p:04d}" for p in range(2)}
    counts, signals = counted(bodies), len(stage.bodies("signals"))
    assert counts["rows"] == counts["buy"] + counts["sell"] + counts["hold"] == signals
    assert counts["ml_score"] == len(stage.bodies("audit"))
    assert 0 < counts["read"] <= stage.ledger()["read"]
    assert counts["starts"] == 1
    assert counts["crashes"] == counts["errors"] == counts["lost"] == 0
    assert point(bodies, "score_e2e") == signals
    assert 0 < point(bodies, "engine") <= signals
    assert point(bodies, "inference") > 0
    assert point(bodies, "queue_depth") > 0
    assert all(body["process"]["rss_bytes"] > 10_000_000 for body in bodies)

    with stage.flow(tmp_path / "second.log") as flow:
        flow.opened()
        flow.kill()
    with stage.flow(tmp_path / "third.log") as flow:
        flow.opened()
        assert flow.stop() == 0
    assert counted(stage.bodies("slo"))["crashes"] == 1


def test_the_account_tells_on_the_first_partition(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """With a clean stop its last record comes too."""
    stage = Stage("nowhere", embedded_redis.url, partitions="2", paper_port="0")
    stage = stage.at(embedded_broker(stage.topics()).bootstrap)
    child = Child("the account", [LEVIBOT, "run", "paper"], log=tmp_path / "paper.log", env=stage.env)
    try:
        until(lambda: stage.bodies("journal.paper")[1:], "the account to begin")
        assert child.stop() == 0
    finally:
        child.kill()
    [body] = stage.bodies("slo")
    assert (body["flow"], body["source"], body["ts"]) == ("paper", "account/0000", 0)
    assert body["counts"] == {"starts": 1}
