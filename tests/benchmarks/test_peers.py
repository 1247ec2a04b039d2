"""That all ways of making bars do the same work, by a plain oracle; never how fast any of them was."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest
from peer_oracle import expected, ticks_of

from benchmarks.backlog.backtest import parquet
from benchmarks.brokers import Embedded
from benchmarks.ground import Ground, Sizes
from benchmarks.peers import compared, quix_venv, replay
from benchmarks.peers.bars import same
from benchmarks.peers.prefix import prefix
from benchmarks.peers.running import file_run, topic_run
from benchmarks.peers.runs import command
from benchmarks.ticks import fill
from connectors.embedded import EmbeddedRedis, RealKafka
from connectors.kafka.clients import consumer
from connectors.kafka.reading import read_range
from connectors.kafka.topics import create
from connectors.settings import Settings

TINY = Sizes(1, dense=6_000, recorded=3_000, long=0, commands=0, apart_s=0.0, outage_s=0.0)


@pytest.fixture
def ground(embedded_redis: EmbeddedRedis, tmp_path: Path) -> Iterator[Ground]:
    """An embedded broker with tiny topics."""
    with closing(Embedded()) as broker:
        yield Ground(broker, embedded_redis, tmp_path, TINY, lambda text: None)


@pytest.mark.embedded
@pytest.mark.bench
def test_each_way_makes_the_bars_of_the_topic(ground: Ground) -> None:
    """Ours, Bytewax and the plain loop give what the definition gives; the last two close all at the end."""
    topic = fill(ground.broker, "tiny", "dense", rate=20.0, ticks=6_000)
    oracle = expected(ticks_of(ground.broker, topic))
    assert len(oracle) > 200
    for module in ("fold_window", "plain"):
        told = topic_run(ground, command(module), topic)
        assert same(oracle, told.bars, module) == len(oracle)
    ours = topic_run(ground, command("ours"), topic)
    assert len(oracle) - 20 <= same(oracle, ours.bars, "ours") < len(oracle)
    assert ours.bars == sorted(ours.bars) and ours.rate > 0


@pytest.mark.embedded
@pytest.mark.bench
def test_a_prefix_holds_the_first_records_of_each_partition(ground: Ground) -> None:
    """Also where a partition has fewer; keys and times are copied."""
    whole = fill(ground.broker, "whole", "dense", rate=20.0, ticks=3_000)
    short = prefix(ground.broker, whole, 16 * 150)
    assert short.ends == tuple(min(end, 150) for end in whole.ends) and min(whole.ends) < 150
    with closing(consumer(ground.broker.bootstrap)) as client:
        for partition, end in enumerate(short.ends):
            one, other = (list(read_range(client, t.name, partition, 0, end)) for t in (whole, short))
            assert [(m.key(), m.value(), m.timestamp()) for m in one] == [
                (m.key(), m.value(), m.timestamp()) for m in other
            ]


@pytest.mark.embedded
@pytest.mark.bench
@pytest.mark.timeout(240)
def test_the_comparison_has_a_row_for_each(ground: Ground) -> None:
    """Both densities; who could not be measured has no figure but a reason."""
    rows = compared.run(ground)
    assert [row.name.partition(": ")[2] for row in rows] == 2 * [
        "ours against Bytewax fold_window",
        "ours against a plain confluent-kafka loop",
        "ours, Quix Streams not measured",
    ]
    for fold, plain, quix in (rows[:3], rows[3:]):
        assert (fold.target, fold.met is None) == ("≥ 6.00 of it", False)
        assert plain.target is None and plain.ratio == plain.ours / (plain.against or math.nan)
        assert "same bars: yes (" in fold.note and "same bars: yes (" in plain.note
        assert quix.against is None and "real Kafka" in quix.note


@pytest.mark.embedded
@pytest.mark.bench
def test_a_day_from_parquet_makes_the_same_bars(ground: Ground) -> None:
    """Both ways give the bars of the file's rows."""
    path = parquet(ground.scratch / "BTCUSDT-tiny.parquet", 600.0)
    rows = pl.read_parquet(path).select("timestamp", "price", "quantity").rows()
    oracle = expected([("BTCUSDT", ms // 1_000, price, qty) for ms, price, qty in rows])
    for way in ("ours", "fold_window"):
        told = file_run(ground, replay.command(way, path), len(rows))
        assert same(oracle, told.bars, way) >= len(oracle) - 1


class Node:
    """The broker that tests share."""

    name = "Apache Kafka"
    partitions = 2
    most_ticks = 1 << 30

    def __init__(self, node: RealKafka) -> None:
        self.bootstrap = node.bootstrap

    def create(self, settings: Settings) -> None:
        """Create the topics of an instance that are missing."""
        create(settings)

    def close(self) -> None:
        """Leave it to the others."""


@pytest.mark.bench
@pytest.mark.timeout(400)
def test_quix_streams_makes_the_bars_of_the_topic(
    real_kafka: RealKafka, embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """Its windows close by their own key, so that only the newest of each symbol is missing."""
    if os.environ.get("LEVIBOT_REQUIRE_QUIX") == "1":
        quix_venv.install()
    if not quix_venv.interpreter().exists():
        pytest.skip("Quix Streams is not installed: LEVIBOT_REQUIRE_QUIX=1 installs it")
    broker = Node(real_kafka)
    topic = fill(broker, "tiny-quix", "dense", rate=20.0, ticks=4_000)
    ground = Ground(broker, embedded_redis, tmp_path, TINY, lambda text: None)
    told = topic_run(ground, command("quix"), topic)
    oracle = expected(ticks_of(broker, topic))
    assert same(oracle, told.bars, "Quix Streams") == len(oracle) - 20
    assert told.version.startswith("3.")
