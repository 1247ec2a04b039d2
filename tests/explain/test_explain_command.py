"""``levibot explain`` against a run: what it reads, what it says, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from confluent_kafka import Producer

from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.kafka.topics import output
from tests.flows.commands import levibot
from tests.flows.running import Stage, until

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(180)]


@pytest.fixture
def stage(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> Iterator[Stage]:
    """A run of four symbols that was killed for one of them, and stopped."""
    made = Stage("nowhere", embedded_redis.url, model="constant-0.99")
    found = made.at(embedded_broker(made.topics()).bootstrap)
    feed = (
        "feed",
        "simulate",
        "--symbols",
        "BTCUSDT,ETHUSDT,SOLUSDT,ADAUSDT",
        "--rate",
        "5",
        "--speed",
        "max",
    )
    found.levibot(*feed, "--seconds", "10", "--json", "--topic", found.ticks)
    with found.flow(tmp_path / "flow.log") as flow:
        until(lambda: found.bodies("signals"), "signals")
        found.levibot("control", "kill", "--scope", "symbol:SOLUSDT", "--wait", "--reason", "a drill")
        found.levibot(*feed, "--seconds", "5", "--seed", "2", "--json", "--topic", found.ticks)
        until(found.read_up_to, "the flow to read up to the end")
        assert flow.stop() == 0
    yield found


def explained(stage: Stage, *args: str) -> dict[str, Any]:
    """Return what is told as JSON."""
    told: dict[str, Any] = orjson.loads(stage.levibot("explain", *args, "--json"))
    return told


def test_why_a_signal_is_what_it_is(stage: Stage) -> None:
    """The latest, any second before, and what was not said; a forged signal is found out."""
    signals = stage.bodies("signals")
    _killed_by_the_desk_of_then(stage, signals)
    _refusals(stage, signals)
    _a_forged_signal(stage, signals)


def _killed_by_the_desk_of_then(stage: Stage, signals: list[dict[str, Any]]) -> None:
    mine = [signal for signal in signals if signal["symbol"] == "SOLUSDT"]
    assert {signal["reason"] for signal in mine} == {"entry", "killed"}
    now, first = explained(stage, "SOLUSDT"), explained(stage, "SOLUSDT", str(mine[0]["ts"]))
    assert now["signal"] == mine[-1]
    assert now["sentence"] == "HOLD because signals are killed (symbol:SOLUSDT)."
    assert first["signal"] == mine[0]
    assert first["sentence"] == "BUY because the probability 0.99 is not below the entry threshold 0.55."
    assert (now["desk"]["killed_symbols"], first["desk"]["killed_symbols"]) == (["SOLUSDT"], [])
    assert {score["role"] for score in first["scores"]} == {"active"}
    assert "stops here" in stage.levibot("explain", "SOLUSDT")


def _refusals(stage: Stage, signals: list[dict[str, Any]]) -> None:
    near = stage.refused("explain", "SOLUSD")
    assert "no signal of 'SOLUSD'; there are, among 4: SOLUSDT" in near
    first = min(signal["ts"] for signal in signals if signal["symbol"] == "ADAUSDT")
    assert "the nearest is at" in stage.refused("explain", "ADAUSDT", str(first - 3_600 * 10**9))
    assert "the nearest is at" in stage.refused("explain", "ADAUSDT", "2031-01-01")
    assert "is no time" in stage.refused("explain", "ADAUSDT", "yesterday")


def _a_forged_signal(stage: Stage, signals: list[dict[str, Any]]) -> None:
    last = [signal for signal in signals if signal["symbol"] == "SOLUSDT"][-1]
    partition = last["caused_by"]["partition"]
    forged = last | {"signal": "BUY", "reason": "entry"}
    producer = Producer({"bootstrap.servers": stage.settings.kafka_bootstrap})
    producer.produce(output("signals", stage.settings), orjson.dumps(forged), "SOLUSDT", partition)
    assert producer.flush(10) == 0
    told = orjson.loads(_ended(stage, 1))
    assert told["agrees"] is False
    assert told["differences"] == [
        "signal: published 'BUY', should be 'HOLD'", "reason: published 'entry', should be 'killed'",
    ]  # fmt: skip


def _ended(stage: Stage, code: int) -> str:
    done = levibot(("explain", "SOLUSDT", "--json"), stage.env)
    assert done.code == code
    return done.out
