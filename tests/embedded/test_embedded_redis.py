"""The embedded Redis is a real one: it answers, keeps what it is told to keep, and hangs when paused."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from connectors.embedded import EmbeddedError, EmbeddedRedis

pytestmark = pytest.mark.embedded


def connect(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=0.3, retry=Retry(NoBackoff(), 0))


def test_answers(embedded_redis: EmbeddedRedis) -> None:
    """It is Redis 6.2 and starts empty."""
    with connect(embedded_redis.url) as client:
        assert client.ping()
        assert client.dbsize() == 0
        assert client.info("server")["redis_version"].startswith("6.2.")


def test_only_loopback_listens(embedded_redis: EmbeddedRedis) -> None:
    """It is bound to 127.0.0.1 and nothing else."""
    with connect(embedded_redis.url) as client:
        assert client.config_get("bind") == {"bind": "127.0.0.1"}


def test_paused_redis_hangs(embedded_redis: EmbeddedRedis) -> None:
    """A paused server lets its clients time out, and a resumed one answers."""
    with connect(embedded_redis.url) as client:
        embedded_redis.pause()
        with pytest.raises(redis.TimeoutError):
            client.ping()
        embedded_redis.resume()
        assert client.ping()


def test_directory_keeps_the_keys(tmp_path: Path) -> None:
    """With a directory, keys outlive the server, and it comes back at the same address."""
    with EmbeddedRedis(directory=tmp_path) as server:
        url = server.url
        with connect(url) as client:
            client.set("signal", "HOLD")
        server.stop()
        with connect(url) as client, pytest.raises(redis.ConnectionError):
            client.ping()
        server.start()
        assert server.url == url
        with connect(url) as client:
            assert client.get("signal") == b"HOLD"


def test_nothing_is_kept_without_a_directory(embedded_redis: EmbeddedRedis) -> None:
    """Without a directory a crash forgets everything."""
    with connect(embedded_redis.url) as client:
        client.set("signal", "HOLD")
    embedded_redis.kill()
    embedded_redis.start()
    with connect(embedded_redis.url) as client:
        assert client.get("signal") is None


def test_taken_port_is_said(embedded_redis: EmbeddedRedis) -> None:
    """A second server on the same port fails with the server's own words, instead of talking to the first."""
    with pytest.raises(EmbeddedError, match="Address already in use"):
        EmbeddedRedis(port=embedded_redis.port)
