"""``levibot doctor`` and ``levibot bars`` against a running product."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import polars as pl
import pytest

from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from tests.flows.commands import levibot
from tests.flows.running import Stage, until

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(120)]


def doctor(stage: Stage) -> tuple[int, dict[str, dict[str, str]]]:
    """Return the exit code and the findings by what was looked at."""
    done = levibot(("doctor", "--json"), stage.env)
    assert done.out, done.err
    return done.code, {finding["what"]: finding for finding in orjson.loads(done.out)}


def test_a_healthy_run_and_what_is_wrong_with_others(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """Exit 0 with all well; 1 naming the missing topic or the stopped flow; 2 without a broker."""
    stage = Stage("nowhere", embedded_redis.url)
    broker = embedded_broker(stage.topics())
    stage = stage.at(broker.bootstrap)
    stage.levibot("feed", "simulate", "--ticks", "200", "--speed", "max", "--json", "--topic", stage.ticks)
    with stage.flow(tmp_path / "flow.log") as flow:
        until(stage.read_up_to, "the market")
        code, findings = until(lambda: (found := doctor(stage))[0] == 0 and found, "a healthy look")
        assert {f["state"] for f in findings.values()} == {"ok"}
        assert findings["clocks"]["seen"].endswith("old by this host's clock")
        assert flow.stop() == 0
    code, findings = doctor(stage.but(topic_suffix="-other"))
    assert code == 1
    assert findings["topic signals-other"] | {} == {
        "what": "topic signals-other", "state": "bad", "seen": "is missing", "do": "levibot topics create",
    }  # fmt: skip
    until(
        lambda: doctor(stage)[1][f"shard {stage.ticks}/0000"]["state"] == "bad",
        "the stopped flow to be noticed",
    )
    broker.stop()
    assert doctor(stage)[0] == 2


def test_a_symbol_on_two_shards_is_an_error_that_says_what_to_do(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """A producer that does not key by symbol is told so, by the flow's log and by doctor."""
    stage = Stage("nowhere", embedded_redis.url, partitions="2")
    stage = stage.at(embedded_broker(stage.topics()).bootstrap)
    stage.spread("BTCUSDT", partitions=2)
    with stage.flow(tmp_path / "flow.log") as flow:
        until(lambda: "symbol on two shards" in flow.log.read_text(), "the error")
        code, findings = until(
            lambda: (found := doctor(stage)) and "symbol BTCUSDT" in found[1] and found, "the finding"
        )
        assert (code, findings["symbol BTCUSDT"]["do"]) == (1, "key the producer's records by symbol")
    assert "key the producer's records by symbol" in flow.log.read_text()


def test_bars_are_rolled_up_from_the_features_topic(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """One-minute bars equal polars' aggregation of the one-second records."""
    stage = Stage("nowhere", embedded_redis.url)
    stage = stage.at(embedded_broker(stage.topics()).bootstrap)
    feed = ("feed", "simulate", "--seconds", "200", "--speed", "max", "--json", "--topic", stage.ticks)
    stage.levibot(*feed)
    with stage.flow(tmp_path / "flow.log") as flow:
        until(stage.read_up_to, "the market")
        assert flow.stop() == 0
    shown = [
        orjson.loads(line) for line in stage.levibot("bars", "BTCUSDT", "--tf", "1m", "--json").splitlines()
    ]
    seconds = pl.DataFrame(
        [
            {"minute": (b["ts"] - 10**9) // (60 * 10**9), "h": b["h"], "l": b["l"], "n": b["n"]}
            for b in stage.bodies("features")
            if b["tf"] == "1s" and b["symbol"] == "BTCUSDT" and b["n"]
        ]
    )
    expected = seconds.group_by("minute", maintain_order=True).agg(pl.max("h"), pl.min("l"), pl.sum("n"))
    assert [(b["ts"], b["h"], b["l"], b["n"]) for b in shown] == [
        ((row["minute"] + 1) * 60 * 10**9, row["h"], row["l"], row["n"])
        for row in expected.iter_rows(named=True)
    ]
    assert len(shown) >= 3
