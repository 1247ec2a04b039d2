"""Latencies and queues as Prometheus metrics: the counts of the records, in fewer buckets."""

from __future__ import annotations

import numpy as np
import pytest
from one_shard import START
from prometheus_client import CollectorRegistry
from slo.metered import SHARD, Heard, Metered, trades

from connectors.metrics.edges import LATENCY_MS, MODEL_S, RECORDS
from flows.metrics.loading import Timed
from flows.metrics.shards import ShardCollector
from flows.metrics.told import Told, coarse
from models.desk.desk import Desk
from models.slo.histogram import BOUNDS
from models.slo.tally import Tally


def test_every_edge_is_a_bound_of_the_histograms() -> None:
    """Or a count would be on the wrong side of it."""
    assert set(map(float, LATENCY_MS + RECORDS)) <= set(BOUNDS.tolist())
    assert [edge * 1_000 for edge in MODEL_S] == pytest.approx(list(LATENCY_MS[:17]))


def test_fine_counts_in_fewer_buckets() -> None:
    """80 lies in the bucket that ends there, 80.5 in the one behind it; the sum is by upper bounds."""
    tally = Tally("signals", "ticks/0000")
    tally.observe("engine", np.array([80.0, 80.5, 300.0]))
    tally.take(0, {"rss_bytes": 0, "cpu_s": 0.0, "began": 0})
    found = coarse(tally.since_start()["engine"], (80, 100, 300))
    assert found == [1.0, 1.0, 1.0, 0.0, 80.0 + 81.0 + 300.0]


def test_a_shard_tells_what_its_process_has_counted() -> None:
    """Ticks by their age when they were read, the model's calls by name, the rest off the records."""
    shard = Metered(Desk(model="constant-0.9"))
    shard.log.now = START + 10 * 10**9
    emissions = shard.ticks(*trades("BTCUSDT", 1.0, 2.5, 9.96))
    shard.deliver(emissions, shard.log.now)
    shard.told()
    told = Told(shard.meter.parts)(SHARD.key)
    ages = dict(zip(LATENCY_MS, told["latency"]["ticks"], strict=False))
    assert (ages[40], ages[10_000], sum(told["latency"]["ticks"][:-1])) == (1, 2, 3)
    assert told["latency"]["ticks"][-1] == 9_000.0 + 7_500.0 + 40.0
    assert told["models"].keys() == {"constant-0.9"}
    assert sum(told["models"]["constant-0.9"][:-1]) == 1.0
    assert told["counts"]["rows"] == told["counts"]["buy"] == sum(told["buckets"]) == told["buckets"][9]


def test_what_is_told_is_made_anew_once_a_second() -> None:
    """It is asked for after every delivery."""
    shard, now = Metered(), [0.0]
    told = Told(shard.meter.parts, lambda: now[0])
    before = told(SHARD.key)
    shard.ticks(*trades("BTCUSDT", 1.0))
    assert told(SHARD.key) is before
    now[0] = 1.0
    assert sum(told(SHARD.key)["latency"]["ticks"][:-1]) == 1


def test_queue_lag_and_skew() -> None:
    """As looked at once a second; a shard that is not behind has no lag, however old its log."""
    behind = {SHARD.key: 7}
    shard, registry = Metered(behind=lambda: behind), CollectorRegistry()
    registry.register(ShardCollector(shard.meter, [SHARD.key], {"sums": 2}, Timed(lambda _: None)))  # type: ignore[arg-type, return-value]

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, labels)

    assert value("levibot_lag_records", shard=SHARD.key) is None
    shard.log.now = START + 3 * 10**9
    shard.ticks(*trades("BTCUSDT", 1.0))
    for _ in range(3):  # a record has what was looked at before it
        shard.told()
    assert value("levibot_lag_records", shard=SHARD.key) == 7.0
    assert (value("levibot_lag_seconds", shard=SHARD.key) or 0) > 0
    assert value("levibot_event_time_skew_seconds", shard=SHARD.key) == 2.0
    assert value("levibot_queue_depth_bucket", shard=SHARD.key, le="10.0") == 2.0
    assert value("levibot_queue_depth_bucket", shard=SHARD.key, le="5.0") == 0.0
    assert value("levibot_queue_depth_sum", shard=SHARD.key) == 14.0
    assert value("levibot_bundle_refusals_total", reason="sums") == 2.0
    behind[SHARD.key] = 0
    shard.told()
    assert value("levibot_lag_seconds", shard=SHARD.key) == 0.0


def test_what_was_not_delivered_is_told() -> None:
    """By the log behind the reporter."""
    heard = Heard()
    reporter = heard.reporter(Tally("signals", "ticks/0000"))
    heard.lost = 3
    assert reporter.lost == 3
