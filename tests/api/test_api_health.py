"""Health under its three names: what is there, what is silent, how old the features are."""

from __future__ import annotations

import pytest
from api_markets import always_buy
from one_shard import OneShard, at, trade
from running_api import NOW, Api

from models.spec import Spec

pytestmark = pytest.mark.embedded


@pytest.mark.parametrize("path", ["/healthz", "/health", "/api/healthz"])
def test_all_is_well(api: Api, path: str) -> None:
    """Versions, Redis, executor and staleness, with the build in the body and in a header."""
    api.publish(always_buy())
    answer = api.client.get(path)
    assert answer.json() == {
        "ok": True, "status": "OK", "_mock": False, "version": "0.1.0", "buildSha": "abc1234",
        "feature_staleness_sec": 0.65, "redis": "up", "executor": "online",
        "shards": {"known": 1, "online": 1, "silent": []}, "ts": NOW,
    }  # fmt: skip
    assert answer.headers["X-Build-SHA"] == "abc1234"


@pytest.mark.parametrize(("second", "executor"), [(13.4, "online"), (13.401, "offline")])
def test_executor_is_offline_after_three_seconds(api: Api, second: float, executor: str) -> None:
    """The heartbeat is the last write of a shard's view."""
    api.publish(always_buy(), second=10.4)
    api.now = at(second)
    said = api.get("/healthz")
    assert (said["executor"], said["ok"]) == (executor, executor == "online")


def test_one_silent_shard_of_two(api: Api) -> None:
    """It is named, and the whole is degraded."""
    api.publish(always_buy(partition=0), second=5)
    api.publish(always_buy(partition=1), second=10)
    said = api.get("/healthz")
    assert (said["status"], said["executor"], said["ok"]) == ("DEGRADED", "partial", False)
    assert said["shards"] == {"known": 2, "online": 1, "silent": ["ticks/0000"]}


def test_nothing_published(api: Api) -> None:
    """An empty Redis is up, and the data is not live."""
    said = api.get("/healthz")
    assert (said["redis"], said["executor"], said["status"], said["_mock"]) == ("up", "offline", "DEMO", True)
    assert said["feature_staleness_sec"] is None


def test_redis_down(api_without_redis: Api) -> None:
    """Health still answers 200 and says what is missing."""
    said = api_without_redis.get("/health")
    assert (said["redis"], said["executor"], said["status"], said["ok"]) == ("down", "offline", "DEMO", False)


def test_staleness_is_that_of_the_stalest_symbol(api: Api) -> None:
    """Seconds since the last trade of the symbol that waits longest."""
    shard = OneShard()
    shard.feed(trade("ETHUSDT", 3.25, 7.0), trade("BTCUSDT", 9.5, 100.0), trade("BTCUSDT", 10.1, 100.0))
    api.publish(shard)
    assert api.get("/healthz")["feature_staleness_sec"] == pytest.approx(10.4 - 3.25)


def test_expired_symbols_do_not_count(api: Api) -> None:
    """A symbol past its time to live makes the features no staler."""
    shard = OneShard(spec=Spec(symbol_ttl_s=60))
    shard.feed(trade("OLDUSDT", 0.5, 7.0))
    shard.feed(trade("BTCUSDT", 99.5, 100.0), trade("BTCUSDT", 100.1, 100.0))
    api.publish(shard)
    api.now = at(100.5)
    assert api.get("/healthz")["feature_staleness_sec"] == 1.0


def test_clock_behind_the_flow_makes_no_negative_age(api: Api) -> None:
    """An answer from ahead of our clock is 0 s old."""
    api.publish(always_buy())
    api.now = at(9)
    assert api.get("/ai/predict?symbol=BTCUSDT")["age_s"] == 0.0
