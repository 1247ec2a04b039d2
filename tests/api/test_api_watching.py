"""Alerts, service levels and the last check over HTTP; public paths answer in any case."""

from __future__ import annotations

from pathlib import Path

import pytest
from api_markets import always_buy
from api_product import guarded, publish_guard, publish_shards
from guard.looks import FIRST
from one_shard import at
from running_api import NOW, Api

from connectors.redis import keys
from connectors.redis.connection import connect
from connectors.redis.smoke import write_smoke

pytestmark = pytest.mark.embedded

DEMO = {"_mock": True, "status": "DEMO", "fallback": True}


@pytest.fixture
def watched(api: Api, tmp_path: Path) -> Api:
    """Two shards and a guard that has looked at them for two minutes."""
    publish_shards(api, always_buy("BTCUSDT", 0), always_buy("ETHUSDT", 1))
    publish_guard(api, guarded(), tmp_path / "policy.json")
    return api


def test_history_of_alerts(watched: Api) -> None:
    """One alert, that began and ended, newest first, with its age, limit and page."""
    said = watched.get("/alerts")
    assert (said["status"], said["count"], said["firing"]) == ("LIVE", 0, [])
    assert [(one["event"], one["rule"], one["value"], one["age_s"]) for one in said["history"]] == [
        ("resolved", "drift_kill", 0.05, 50.4),
        ("firing", "drift_kill", 0.35, 110.4),
    ]
    assert said["history"][0]["runbook"].startswith("docs/runbook")
    assert watched.get("/alerts?limit=1")["history"] == said["history"][:1]


def test_what_fires_and_for_how_long(api: Api, tmp_path: Path) -> None:
    """While the rule holds."""
    publish_guard(api, guarded()[:5], tmp_path / "policy.json")
    said = api.get("/alerts")
    [one] = said["firing"]
    assert (said["count"], one["rule"], one["severity"], one["for_s"]) == (1, "drift_kill", "P0", 110.4)
    last = api.get("/api/public/alert/last")
    assert (last["_mock"], last["firing"], last["alert"]["event"]) == (False, 1, "firing")


def test_last_alert(watched: Api) -> None:
    """The newest of the history, while a guard lives; afterwards it is not known."""
    assert watched.get("/api/public/alert/last")["alert"] == watched.get("/alerts")["history"][0]
    watched.now = at(13.5)
    assert watched.get("/api/public/alert/last") == DEMO | {"alert": None, "firing": None, "ts": at(13.5)}
    assert watched.get("/alerts")["status"] == "STALE"


def test_no_alert_so_far(api: Api, tmp_path: Path) -> None:
    """That is no DEMO: a guard lives, and has nothing to tell."""
    publish_guard(api, guarded(), tmp_path / "policy.json")
    with connect(api.redis.url, 1.0) as client:
        client.delete(keys.ALERTS.key)
    said = api.get("/api/public/alert/last")
    assert (said["_mock"], said["status"], said["alert"]) == (False, "LIVE", None)


def test_service_levels_now(watched: Api) -> None:
    """Of 200 seconds 1 % took longer than 80 ms; 6 of 1,200 rows failed: half a percent."""
    said = watched.get("/api/tools/get_metrics")
    assert (said["p95_ms"], said["staleness_s"], said["error_rate"]) == (80.0, 1.0, 0.5)
    assert said["ages"] == {"p95_ms": 0.4, "staleness_s": 0.4, "error_rate": 0.4}
    assert said["units"] == {"p95_ms": "ms", "staleness_s": "s", "error_rate": "%"}
    assert said["metrics"]["p95_ms"] == "latency.score_e2e_p95_ms"


def test_old_service_levels_are_not_the_present(watched: Api) -> None:
    """A minute after the last look nothing is said of now."""
    watched.now = at(70.1)
    said = watched.get("/api/tools/get_metrics")
    assert (said["p95_ms"], said["staleness_s"], said["error_rate"], said["status"]) == (
        None, None, None, "STALE",
    )  # fmt: skip
    assert set(said["ages"].values()) == {None}


def test_service_levels_over_time(watched: Api) -> None:
    """A point a minute of the log's time, percent for errors; one row failed in 300, then four in 900."""
    said = watched.get("/api/tools/metrics/timeseries?window=1h")
    assert (said["window"], said["every_s"], said["count"]) == ("1h", 60, 2)
    assert [(point["ts"], point["p95_ms"], point["staleness_s"]) for point in said["data"]] == [
        (at(-80), 80.0, 1.0),
        (at(-20), 80.0, 1.0),
    ]
    assert [point["error_rate"] for point in said["data"]] == pytest.approx([100 * 1 / 300, 100 * 4 / 900])
    assert watched.get("/api/tools/metrics/timeseries?window=1m")["data"] == said["data"][1:]


@pytest.mark.parametrize("window", ["7d", "90m", "24h", "99999d"])
def test_windows(watched: Api, window: str) -> None:
    """Longer than seven days is all that is kept."""
    assert watched.get(f"/api/tools/metrics/timeseries?window={window}")["count"] == 2


@pytest.mark.parametrize("window", ["", "0h", "1s", "-1h", "1", "1h1", "123456d"])
def test_bad_windows(watched: Api, window: str) -> None:
    """Are refused."""
    assert watched.get(f"/api/tools/metrics/timeseries?window={window}", 400)["parameter"] == "window"


def test_public_metrics(watched: Api) -> None:
    """What anybody may see, in one object."""
    said = watched.get("/api/public/metrics")
    assert {name: said[name] for name in said if name != "units"} == {
        "_mock": False, "status": "LIVE", "fallback": False, "p95_ms": 80.0, "staleness_s": 1.0,
        "error_rate": 0.5, "executor": "online", "shards": 2, "symbols": 2, "ticks_per_minute": 600.0,
        "scores_per_minute": 24.0, "confid_median": None, "dlq_size": 0, "alerts_firing": 0,
        "measured_age_s": 0.4, "ts": NOW,
    }  # fmt: skip


def test_public_metrics_without_a_guard(api: Api) -> None:
    """What the shards tell is told; what only a guard measures is null, not 0."""
    publish_shards(api, always_buy())
    said = api.get("/api/public/metrics")
    assert (said["_mock"], said["symbols"], said["dlq_size"]) == (False, 1, 0)
    assert (said["p95_ms"], said["alerts_firing"], said["measured_age_s"]) == (None, None, None)


def test_last_smoke(api: Api) -> None:
    """As the command found it, with its age."""
    assert api.get("/api/public/smoke-last") == DEMO | {"ts": NOW}
    items = [{"name": "redis", "outcome": "failed", "seen": "it does not answer"}]
    body = {"ok": False, "at": at(5.4), "command": "check quick", "items": items}
    assert write_smoke(api.redis.url, body, timeout_s=5.0)
    assert api.get("/api/public/smoke-last") == {
        "_mock": False, "status": "FAILED", "fallback": False, **body, "age_s": 5.0, "ts": NOW,
    }  # fmt: skip


@pytest.mark.parametrize("path", ["alert/last", "metrics", "smoke-last"])
def test_public_paths_without_redis(api_without_redis: Api, path: str) -> None:
    """200 and DEMO, flagged."""
    said = api_without_redis.get(f"/api/public/{path}")
    assert {name: said[name] for name in DEMO} == DEMO


@pytest.mark.parametrize("path", ["/alerts", "/api/tools/get_metrics", "/api/tools/metrics/timeseries"])
def test_other_paths_without_redis(api_without_redis: Api, path: str) -> None:
    """503 with a reason."""
    assert api_without_redis.get(path, 503)["error"] == "redis_down"


@pytest.mark.parametrize("path", ["/alerts", "/api/tools/get_metrics", "/api/tools/metrics/timeseries"])
def test_before_there_is_a_guard(api: Api, path: str) -> None:
    """Nothing is claimed."""
    said = api.get(path)
    assert said["status"] == "EMPTY"
    assert not any(said.get(name) for name in ("firing", "history", "data", "p95_ms", "count"))


def test_the_day_of_the_test_is_a_whole_number_of_looks() -> None:
    """The guard's minute marks that the series show lie 80 and 20 seconds before it."""
    assert [(FIRST + offset) % 60 for offset in (-80, -20)] == [0, 0]
