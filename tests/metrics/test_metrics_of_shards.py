"""Views of shards as metrics, value by value; sums over processes, histograms, monitors."""

from __future__ import annotations

from typing import Any

import pytest
from metrics.scraped import value
from one_shard import OneShard, at, trade

from connectors.metrics.edges import LATENCY_MS, MODEL_S
from connectors.metrics.from_monitors import monitor_families
from connectors.metrics.from_shards import ShardFamilies

STAGE = [0.0] * (len(LATENCY_MS) + 1)
CALLS = [0.0] * (len(MODEL_S) + 1)


def shard(partition: int = 0, **told: Any) -> dict[str, Any]:
    """Return the view of a shard whose model has said 0.9 for a second, with what its process has told."""
    one = OneShard(partition=partition)
    one.command("model.select", name="constant-0.9")
    one.feed(trade("BTCUSDT", 8.5, 100.0), trade("BTCUSDT", 9.75, 101.0), trade("BTCUSDT", 10.1, 102.0))
    return one.view.as_dict() | ({"told": told} if told else {})


def counted(**counts: int) -> dict[str, Any]:
    """Return what a process tells that has only counted."""
    return {"counts": counts, "buckets": [0] * 10, "latency": {}, "models": {}}


def test_the_last_score_of_each_symbol() -> None:
    """As published; of one that is too old nothing but its age, which goes on growing."""
    families, view = ShardFamilies(stale_after_s=5.0), shard()
    now = list(families.of([view], at(10.4)))
    symbol = {"symbol": "BTCUSDT"}
    assert value(now, "levibot_price", **symbol) == 101.0
    assert value(now, "levibot_probability", **symbol) == pytest.approx(0.9)
    assert value(now, "levibot_confidence", **symbol) == pytest.approx(0.9)
    assert value(now, "levibot_model_uncertainty", **symbol) == pytest.approx(0.1)
    assert value(now, "levibot_market_ticks_per_minute", **symbol) == 2.0
    later = list(families.of([view], at(100.4)))
    assert value(later, "levibot_price", **symbol) is None
    assert value(later, "levibot_market_ticks_per_minute", **symbol) is None
    assert value(later, "levibot_features_staleness_seconds", **symbol) == pytest.approx(90.65)


def test_the_desk_and_the_books() -> None:
    """Switches by shard, weights as shares, thresholds, the ledger, the barrier."""
    one = OneShard()
    one.command("weights.set", parts=[0.5, 0.25, 0.25])
    one.command("flag.set", key="ml_confid_floor", value=0.65)
    one.command("halt")
    one.feed(trade("BTCUSDT", 1.0, 100.0), b"no json")
    found = list(ShardFamilies(5.0).of([one.view.as_dict()], at(2)))
    assert value(found, "levibot_halted", shard="ticks/0000") == 1.0
    assert value(found, "levibot_killed", shard="ticks/0000") == 0.0
    assert value(found, "levibot_signal_part_weight", part="rsi") == 0.5
    assert value(found, "levibot_signal_part_weight", part="trend") == 0.25
    assert value(found, "levibot_ensemble_weight", member="ml-fusion") == 0.5
    assert value(found, "levibot_policy", what="confid_floor") == 0.65
    assert value(found, "levibot_policy", what="entry") == 0.55
    assert value(found, "levibot_ledger_items_total", shard="ticks/0000", what="invalid") == 1.0
    assert value(found, "levibot_shard_offset", shard="ticks/0000") == 2.0
    assert value(found, "levibot_journal_sequence", shard="ticks/0000") == 3.0
    assert value(found, "spark_dlq_size") == 1.0


def test_counts_of_two_processes_of_which_one_begins_anew() -> None:
    """Its own series fall to what it has now; the sums over both do not."""
    families = ShardFamilies(5.0)
    views = [shard(0, **counted(rows=7, errors=5, buy=4)), shard(1, **counted(rows=3, errors=1))]
    first = list(families.of(views, at(10.4)))
    assert value(first, "levibot_rows_total", shard="ticks/0000", what="rows") == 7.0
    assert value(first, "levibot_signals_total", shard="ticks/0000", signal="buy") == 4.0
    assert families.errors(views)["model",] == 6.0
    anew = [shard(0, **counted(rows=2, errors=2)), views[1]]
    assert families.errors(anew)["model",] == 8.0
    assert value(families.of(anew, at(11)), "levibot_rows_total", shard="ticks/0000", what="rows") == 2.0


def test_latencies_of_shards_become_one_histogram() -> None:
    """Counts of the same buckets add up; the buckets of Prometheus count all below as well."""
    fast, slow = [*STAGE, 8.0], [*STAGE, 900.0]
    fast[LATENCY_MS.index(5)], slow[LATENCY_MS.index(500)], slow[len(LATENCY_MS)] = 4.0, 2.0, 1.0
    calls = [*CALLS, 0.003]
    calls[MODEL_S.index(0.002)] = 2.0
    views = [
        shard(0, **counted() | {"latency": {"engine": fast}, "models": {"ml-fusion": calls}}),
        shard(1, **counted() | {"latency": {"engine": slow}, "buckets": [0, 0, 0, 0, 0, 0, 0, 0, 0, 9]}),
    ]
    found = list(ShardFamilies(5.0).of(views, at(10.4)))
    of = {"stage": "engine"}
    assert value(found, "levibot_latency_ms_bucket", le="2.0", **of) == 0.0
    assert value(found, "levibot_latency_ms_bucket", le="5.0", **of) == 4.0
    assert value(found, "levibot_latency_ms_bucket", le="500.0", **of) == 6.0
    assert value(found, "levibot_latency_ms_bucket", le="60000.0", **of) == 6.0
    assert value(found, "levibot_latency_ms_bucket", le="+Inf", **of) == 7.0
    assert value(found, "levibot_latency_ms_count", **of) == 7.0
    assert value(found, "levibot_latency_ms_sum", **of) == 908.0
    assert value(found, "levibot_model_latency_seconds_sum", model="ml-fusion", cache="off") == 0.003
    assert value(found, "levibot_ml_bucket_total", bucket="9") == 9.0


EVENTS = [
    {"kind": "crossed", "level": "watch"}, {"kind": "crossed", "level": "kill"},
    {"kind": "recovered", "level": "ok"}, {"kind": "crossed", "level": "kill"},
]  # fmt: skip


def test_drift_is_counted_by_level() -> None:
    """A level that was reached counts, a recovery does not."""
    view = shard() | {"drift_events": {"watch": 1, "kill": 2}}
    found = list(ShardFamilies(5.0).of([view], at(10.4)))
    assert value(found, "levibot_drift_events_total", level="kill") == 2.0
    assert value(found, "levibot_drift_events_total", level="watch") == 1.0


def calibration(**windows: Any) -> dict[str, Any]:
    return {"model": "lgbm", "symbol": "BTCUSDT", "windows": windows}


def figures(**more: Any) -> dict[str, Any]:
    known = {"n": 600, "n_eff": 41.5, "hit_rate": 0.625, "confid_median": 0.6125, "brier": {"value": 0.24}}
    return known | {"ece": {"value": 0.08, "floor": 0.02, "limit": 0.07, "low": 0.05, "high": 0.1}} | more


def test_calibration_with_what_chance_explains() -> None:
    """A window in which nothing was said has no series, and what cannot be told has none either."""
    record = calibration(**{"1h": figures(ece=None, brier=None, hit_rate=None), "24h": figures()})
    view = {"symbols": {"BTCUSDT": {"monitors": {"lgbm@1": {"calibration": record}}}}}
    found, day = list(monitor_families([view])), {"model": "lgbm", "symbol": "BTCUSDT", "window": "24h"}
    assert value(found, "levibot_calibration_ece", **day) == 0.08
    assert value(found, "levibot_calibration_ece_floor", **day) == 0.02
    assert value(found, "levibot_calibration_ece_limit", **day) == 0.07
    assert value(found, "levibot_calibration_outcomes", **day) == 600.0
    assert value(found, "levibot_calibration_effective_outcomes", **day) == 41.5
    assert value(found, "levibot_calibration_brier", **day) == 0.24
    assert value(found, "levibot_hit_rate", **day) == 0.625
    assert value(found, "levibot_confid_median", model="lgbm", symbol="BTCUSDT") == 0.6125
    hour = day | {"window": "1h"}
    assert value(found, "levibot_calibration_ece", **hour) is None
    assert value(found, "levibot_calibration_outcomes", **hour) == 600.0


def test_the_five_features_that_have_moved_most() -> None:
    """With their limits, where training could tell one; of too few rows nothing is told."""
    features = {f"f{n}": {"psi": n / 10, "psi_limit": None if n == 6 else 0.2} for n in range(7)}
    window = {"insufficient_data": False, "rows": 3_600, "features": features}
    drift = {"model": "lgbm", "symbol": "BTCUSDT", "levels": {"windows": {"3600": window}}}
    view = {"symbols": {"BTCUSDT": {"monitors": {"lgbm@1": {"drift": drift}}}}}
    found, pair = list(monitor_families([view])), {"model": "lgbm", "symbol": "BTCUSDT"}
    told = {n: value(found, "levibot_drift_psi", feature=f"f{n}", **pair) for n in range(7)}
    assert told == {0: None, 1: None, 2: 0.2, 3: 0.3, 4: 0.4, 5: 0.5, 6: 0.6}
    assert value(found, "levibot_drift_psi_limit", feature="f5", **pair) == 0.2
    assert value(found, "levibot_drift_psi_limit", feature="f6", **pair) is None
    window["insufficient_data"] = True
    assert value(monitor_families([view]), "levibot_drift_psi", feature="f5", **pair) is None
