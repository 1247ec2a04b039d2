"""The scrape: exact names, values from the view, and silence instead of old figures."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest
from api_markets import always_buy
from one_shard import OneShard, at, trade
from prometheus_client.parser import text_string_to_metric_families
from running_api import Api

from connectors.redis import keys
from connectors.redis.writer import ViewWriter

pytestmark = pytest.mark.embedded

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scrape(api: Api, path: str = "/metrics") -> Samples:
    answer = api.client.get(path)
    assert answer.status_code == 200
    families = list(text_string_to_metric_families(answer.text))
    names = [family.name for family in families]
    assert len(names) == len(set(names))
    samples = [sample for family in families for sample in family.samples]
    found = {(s.name, frozenset(s.labels.items())): s.value for s in samples}
    assert len(found) == len(samples)
    return found


def value(samples: Samples, name: str, /, **labels: str) -> float | None:
    return samples.get((name, frozenset(labels.items())))


@pytest.mark.parametrize("path", ["/metrics", "/metrics/prom"])
def test_figures_of_the_flow(api: Api, path: str) -> None:
    """Staleness, ticks, model, ledger and dead letters of two shards."""
    first, second = always_buy("BTCUSDT", 0), always_buy("ETHUSDT", 1)
    first.feed(b"no json", b"[]", trade("BTCUSDT", 1.0, 100.0))
    second.command("kill")
    api.publish(first, second, second=9.4)
    found = scrape(api, path)
    expected = {
        ("levibot_redis_up",): 1,
        ("levibot_features_staleness_seconds", "symbol", "BTCUSDT"): 0.65,
        ("levibot_market_ticks_per_minute", "symbol", "ETHUSDT"): 2,
        ("levibot_active_model_info", "name", "constant-0.9", "version", "constant-0.9-1.0"): 1,
        ("levibot_model_switches_total",): 1,
        ("levibot_ledger_items_total", "shard", "ticks/0000", "what", "used"): 3,
        ("levibot_ledger_items_total", "shard", "ticks/0000", "what", "late"): 1,
        ("levibot_errors_total", "stage", "ticks"): 1,
        ("spark_dlq_size",): 1,
        ("spark_last_update_timestamp",): 1_700_000_009.4,
        ("levibot_shard_age_seconds", "shard", "ticks/0001"): 1.0,
        ("levibot_killed", "shard", "ticks/0000"): 0,
        ("levibot_killed", "shard", "ticks/0001"): 1,
    }
    for (name, *labels), number in expected.items():
        assert value(found, name, **dict(zip(labels[::2], labels[1::2], strict=True))) == pytest.approx(
            number
        )


def test_fallback_events_by_reason(api: Api) -> None:
    """Symbols that went over to the fallback model are counted once each."""
    shard = OneShard()
    shard.feed(trade("BTCUSDT", 0.0, 100.0), trade("ETHUSDT", 0.1, 7.0))
    shard.beat(70)
    api.publish(shard)
    assert value(scrape(api), "levibot_fallback_events_total", reason="stale") == 2


def test_dead_flow_grows_stale_and_falls_silent(api: Api) -> None:
    """Ages go on growing after the last write; a market's rate is not repeated."""
    api.publish(always_buy())
    api.now = at(250.4)
    found = scrape(api)
    assert value(found, "levibot_features_staleness_seconds", symbol="BTCUSDT") == pytest.approx(240.65)
    assert value(found, "levibot_shard_age_seconds", shard="ticks/0000") == 240.0
    assert value(found, "levibot_market_ticks_per_minute", symbol="BTCUSDT") is None


def test_symbol_on_two_shards_is_one_series(api: Api) -> None:
    """Its ticks add up and the worse staleness counts, so the scrape stays valid."""
    late = OneShard(partition=1)
    late.feed(trade("BTCUSDT", 8.0, 100.0), trade("ETHUSDT", 11.1, 7.0))
    api.publish(always_buy(), late)
    found = scrape(api)
    assert value(found, "levibot_market_ticks_per_minute", symbol="BTCUSDT") == 3
    assert value(found, "levibot_features_staleness_seconds", symbol="BTCUSDT") == pytest.approx(2.4)


def test_requests_are_counted_by_outcome(api: Api) -> None:
    """Each prediction counts once; labels stay bounded by the symbols that are known."""
    api.publish(always_buy("ADAUSDT"))
    before = scrape(api)
    api.get("/ai/predict?symbol=ADAUSDT")
    api.get("/ml/predict?symbol=ADAUSDT")
    for n in range(5):
        api.get(f"/ai/predict?symbol=MADEUP{n}", 404)
    api.get("/ai/predict?symbol=ADAUSDT&h=1h", 400)
    api.now = at(60)
    api.get("/ai/predict?symbol=ADAUSDT")
    after = scrape(api)

    def rise(name: str, **labels: str) -> float:
        return (value(after, name, **labels) or 0) - (value(before, name, **labels) or 0)

    counted = "levibot_predict_requests_total"
    assert rise(counted, symbol="ADAUSDT", model="constant-0.9", outcome="live") == 2
    assert rise(counted, symbol="ADAUSDT", model="constant-0.9", outcome="stale") == 1
    assert rise(counted, symbol="other", model="none", outcome="unknown_symbol") == 5
    assert rise(counted, symbol="other", model="none", outcome="refused") == 1
    assert rise("levibot_latency_ms_count", stage="predict_api") == 9
    assert not [labels for name, labels in after if "MADEUP" in str(labels)]


def test_scrape_while_redis_hangs(api_without_redis: Api) -> None:
    """The API's own figures go on, and Redis is down among them; nothing of the flow is made up."""
    found = scrape(api_without_redis)
    assert value(found, "levibot_redis_up") == 0
    assert (value(found, "levibot_errors_total", stage="redis") or 0) >= 1
    names = {name for name, _ in found}
    assert not {n for n in names if n.startswith(("spark_", "levibot_ledger", "levibot_features"))}


def test_openmetrics_is_spoken_when_asked_for(api: Api) -> None:
    """A scraper that accepts OpenMetrics gets it."""
    answer = api.client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


BOOK = {
    "equity": "1009.57", "drawdown": 0.25, "max_drawdown": 0.5, "sharpe": None, "win_rate": 0.75, "trades": 4,
    "wins": 3, "positions": [{}, {}], "cash": "900", "fees": "0.3", "realised": "9", "unrealised": "0.57",
    "pnl": "9.57", "pnl_1d": "5", "pnl_7d": "9.5", "day_pnl": "-20", "day_limit": "-200",
    "near_limit": "-180",
}  # fmt: skip
ACCOUNT = {
    "second": 77,
    "books": {"active": BOOK},
    "trades": {},
    "told": {"trading_errors": 2},
    "symbols": {},
}
GUARD = {
    "second": 88, "silent": [],
    "alerts": [{"rule": "tick_warn", "scope": "symbol:BTCUSDT", "severity": "P3"}],
    "rollout": {"profile": "spark", "state": "running", "phase": "10 %", "dwell_s": 60},
    "measured": [["errors.rate", "all", 0.01, None, 100]], "symbols": {},
}  # fmt: skip


def show(api: Api, kind: keys.Kind, key: str, view: dict[str, Any], second: float) -> None:
    """Let a process publish its view at that second."""
    with ViewWriter(api.redis.url, timeout_s=10.0, clock=lambda: at(second), kind=kind) as writer:
        writer.put(key, view)


def test_the_account_and_the_guard_are_told_of_too(api: Api) -> None:
    """One look at the API shows the whole; what is null is left out."""
    show(api, keys.ACCOUNT, "account/0000", ACCOUNT, 10.0)
    show(api, keys.GUARD, "guard", GUARD, 4.4)
    found = scrape(api)
    assert value(found, "levibot_equity", book="active") == 1009.57
    assert value(found, "levibot_paper_money", book="active", what="near_limit") == -180.0
    assert value(found, "levibot_paper_positions", book="active") == 2.0
    assert value(found, "levibot_paper_trades_total", book="active") == 4.0
    assert value(found, "levibot_paper_sharpe", book="active") is None
    assert value(found, "levibot_errors_total", stage="trading") == 2.0
    assert value(found, "levibot_measure", metric="errors.rate") == 0.01
    assert (
        value(found, "levibot_alert_firing", rule="tick_warn", scope="symbol:BTCUSDT", severity="P3") == 1.0
    )
    assert value(found, "levibot_rollout_dwell_seconds") == 60.0
    assert value(found, "levibot_online", process="paper") == 1.0
    assert value(found, "levibot_online", process="guard") == 0.0
    assert value(found, "levibot_online", process="signals") == 0.0
    assert value(found, "levibot_heartbeat_age_seconds", process="guard") == 6.0
    assert value(found, "levibot_heartbeat_age_seconds", process="signals") is None
    assert (value(found, "levibot_redis_memory_bytes") or 0) > 100_000


def test_counters_do_not_fall_when_a_flow_begins_anew(api: Api) -> None:
    """A rate over them would take a fall for a restart of the API, and everything before it for new."""
    told = {"counts": {"errors": 9}, "buckets": [], "latency": {"engine": [*[1] * 23, 50.0]}, "models": {}}
    for process in (told, told | {"counts": {"errors": 1}, "latency": {"engine": [*[0] * 22, 1, 7.0]}}):
        shard = always_buy()
        with ViewWriter(api.redis.url, timeout_s=10.0, clock=lambda: at(10.4)) as writer:
            writer.put(shard.shard.key, shard.view.as_dict() | {"told": process})
        found = scrape(api)
    assert (value(found, "levibot_errors_total", stage="model") or 0) >= 10
    assert (value(found, "levibot_latency_ms_count", stage="engine") or 0) >= 24
    assert (value(found, "levibot_latency_ms_sum", stage="engine") or 0) >= 57
    assert value(found, "levibot_rows_total", shard="ticks/0000", what="errors") == 1.0


def test_latency_of_the_api_itself_without_redis(api_without_redis: Api) -> None:
    """Its own measuring point stays, under the same name."""
    found = scrape(api_without_redis)
    assert value(found, "levibot_latency_ms_count", stage="predict_api") is not None
    assert value(found, "levibot_build_info", version=version("levibot"), sha="abc1234") == 1.0
    assert value(found, "levibot_online", process="signals") is None
