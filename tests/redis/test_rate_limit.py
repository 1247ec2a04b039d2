"""Sixty a minute are sixty in any sixty seconds, for each caller alone, wherever they are counted."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

from connectors import rate_limit
from connectors.embedded import EmbeddedRedis
from connectors.rate_limit import RETRY_S, RateLimit
from connectors.redis.connection import connect

NOW = 1_700_000_000.0
USER = (
    "ACL SETUSER limiter reset on >pw resetkeys ~levibot-limit:* -@all "
    "+ping +evalsha +script|load +lindex +lpush +ltrim +expire"
)


class Clock:
    """The time as the test tells it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        patch.setattr(time, "time", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A wall clock that stands still until it is moved."""
    return Clock(monkeypatch)


def limiter_url(redis: EmbeddedRedis) -> str:
    """Return the URL of a user that may only count."""
    with connect(redis.url, 5.0) as client:
        client.execute_command(*USER.split())
    return redis.url.replace("redis://", "redis://limiter:pw@")


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.embedded)])
def url(request: pytest.FixtureRequest) -> str:
    """Where hits are counted."""
    if request.param == "memory":
        return "memory://"
    return limiter_url(request.getfixturevalue("embedded_redis"))


def test_window_moves(url: str, clock: Clock) -> None:
    """Two at 0 s and one at 30 s of three a minute: the next at 60 s, and then again one only."""
    limit = RateLimit(url, "predict", 3)
    waits = [limit.hit("ann", "::1"), limit.hit("ann", "::1")]
    clock.now = NOW + 30
    waits += [limit.hit("ann", "::1"), limit.hit("ann", "::1")]
    assert waits == [0, 0, 0, 30]
    clock.now = NOW + 60.5
    assert [limit.hit("ann", "::1") for _ in range(3)] == [0, 0, 29.5]


def test_callers_and_limits_are_apart(url: str, clock: Clock) -> None:
    """Another user, another address and another limit have windows of their own."""
    predict, control = RateLimit(url, "predict", 1), RateLimit(url, "control", 1)
    asked = [
        predict.hit("ann", "1"),
        predict.hit("ann", "2"),
        predict.hit("bob", "1"),
        control.hit("ann", "1"),
    ]
    assert asked == [0, 0, 0, 0]
    assert predict.hit("ann", "1") == control.hit("ann", "1") == 60


def test_no_limit(url: str) -> None:
    """0 a minute switches it off."""
    limit = RateLimit(url, "predict", 0)
    assert [limit.hit("ann") for _ in range(100)] == [0.0] * 100


def test_threads_share_one_window(url: str, clock: Clock) -> None:
    """Of a hundred requests at the same time exactly sixty are allowed."""
    limit, allowed = RateLimit(url, "predict", 60), []
    threads = [
        threading.Thread(target=lambda: allowed.extend(limit.hit("ann") for _ in range(10)))
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(allowed) == [0.0] * 60 + [60.0] * 40


@pytest.mark.embedded
def test_processes_share_a_window_in_redis(embedded_redis: EmbeddedRedis, clock: Clock) -> None:
    """Two APIs over one Redis allow no more than one does; only keys of the limiter are written."""
    url = limiter_url(embedded_redis)
    first, second = RateLimit(url, "predict", 1), RateLimit(url, "predict", 1)
    assert (first.hit("ann"), second.hit("ann")) == (0, 60)
    with connect(embedded_redis.url, 5.0) as client:
        assert client.keys() == [b"levibot-limit:predict/ann/1/1/minute"]


@pytest.mark.embedded
def test_redis_down(
    embedded_redis: EmbeddedRedis,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It goes on in memory, says so once, waits for Redis only now and then, and returns to it."""
    mono = [0.0]
    # not the clock of the process: an event loop of another test would go to sleep by it for a day
    monkeypatch.setattr(rate_limit, "time", SimpleNamespace(monotonic=lambda: mono[0], time=time.time))
    limit = RateLimit(limiter_url(embedded_redis), "predict", 1)
    assert limit.hit("ann") == 0
    embedded_redis.stop()
    assert [limit.hit("ann"), limit.hit("ann")] == [0, 60]
    embedded_redis.start()
    limiter_url(embedded_redis)
    assert limit.hit("bob") == 0
    mono[0] = RETRY_S
    assert [limit.hit("bob"), limit.hit("bob")] == [0, 60]
    assert [r.message for r in caplog.records if "counted in memory" in r.message] == [caplog.messages[0]]
    assert "pw" not in caplog.text


@pytest.mark.parametrize("url", ["", "http://localhost", "127.0.0.1:6379"])
def test_no_url_of_a_redis(url: str) -> None:
    """What is no place to count at is refused at once."""
    with pytest.raises(ValueError, match="redis://"):
        RateLimit(url, "predict", 60)
