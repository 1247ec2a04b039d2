"""A loop that stands still is noticed: by /health, and by the heartbeat that stops in Redis."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from metrics.scraped import registry_of
from one_shard import OneShard, trade, until
from prometheus_client import CollectorRegistry

from api.shown.freshness import executor
from connectors.embedded import EmbeddedRedis
from connectors.redis import keys
from connectors.redis.connection import connect
from connectors.redis.reader import ViewReader
from connectors.redis.writer import ViewWriter
from flows.guard_shown import GuardShown
from flows.health import HealthServer
from flows.metrics.liveness import Liveness
from models.guard.records import GUARD

PATIENCE_S = 10.0
SECOND = 10**9


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return what it shows."""
        return self.now


@pytest.fixture
def reader(embedded_redis: EmbeddedRedis) -> Iterator[ViewReader]:
    """A reader of the embedded Redis."""
    found = ViewReader(embedded_redis.url, timeout_s=PATIENCE_S)
    yield found
    found.close()


def test_the_loop_beats_once_a_second_however_fast_it_turns() -> None:
    """And not at all while it stands."""
    clock, beats = Clock(), []
    alive = Liveness(["a"], beats.append, 15.0, clock)
    for _ in range(300):
        alive()
        clock.now += 0.01
    assert beats == [("a",)] * 3
    clock.now += 60.0
    assert len(beats) == 3


def test_a_loop_that_stands_is_told_of() -> None:
    """Before its first turn, and once it has stood for too long; it is well again with the next turn."""
    clock = Clock()
    alive = Liveness([], lambda _: None, 15.0, clock)
    assert alive.why() == "the loop has not turned yet: it is starting"
    alive()
    clock.now += 15.0
    assert (alive.why(), alive.age_s) == (None, 15.0)
    clock.now += 1.0
    assert alive.why() == "the loop has not turned for 16 s"
    alive()
    assert alive.why() is None


def asked(server: HealthServer, method: str, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request(method, path)
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def test_health_is_503_with_why_where_it_is_not_well() -> None:
    """GET and HEAD alone are answered; HEAD without a body."""
    status: dict[str, Any] = {"ok": True, "why": None}
    server = HealthServer("127.0.0.1", 0, registry_of([]), lambda: status)
    assert asked(server, "GET", "/health") == (200, json.dumps(status).encode())
    assert asked(server, "HEAD", "/health") == (200, b"")
    assert asked(server, "HEAD", "/metrics") == (200, b"")
    assert asked(server, "POST", "/health")[0] == 405
    assert asked(server, "HEAD", "/elsewhere")[0] == 404
    status |= {"ok": False, "why": "the loop has not turned for 16 s"}
    code, body = asked(server, "GET", "/health")
    assert (code, json.loads(body)) == (503, status)
    assert asked(server, "HEAD", "/health") == (503, b"")
    server.close()


@pytest.mark.embedded
def test_a_flow_with_nothing_to_publish_shows_itself_alive(
    embedded_redis: EmbeddedRedis, reader: ViewReader
) -> None:
    """While its loop turns; the writer's thread alone does not keep it online."""
    now = [5 * SECOND]
    shard = OneShard()
    shard.feed(trade("BTCUSDT", 0.5, 100.0))
    with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S, interval_s=0.0, clock=lambda: now[0]) as writer:
        writer.put(shard.shard.key, shard.view.as_dict())
        until(lambda: writer.stats().written)
        clock = Clock()
        alive = Liveness([shard.shard.key], writer.alive, 15.0, clock)
        for second in range(6, 20):
            now[0] = second * SECOND
            clock.now += 1.0
            alive()
            until(lambda: reader.heartbeats()["signals"][shard.shard.key] == now[0])
        head = reader.heads()[shard.shard.key]
        assert (head["written_at"], head["alive_at"]) == (5 * SECOND, 19 * SECOND)
        assert executor([head], 22 * SECOND, 3.0) == "online"
        now[0] = 30 * SECOND  # the loop has stopped, the thread has not
        assert executor(reader.heads().values(), 30 * SECOND, 3.0) == "offline"


@pytest.mark.embedded
def test_heartbeats_come_before_anything_is_published(
    embedded_redis: EmbeddedRedis, reader: ViewReader
) -> None:
    """An account that waits for its first second is there, and has nothing to show."""
    with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S, kind=keys.ACCOUNT) as writer:
        writer.alive(["account/0000"])
        until(lambda: reader.heartbeats()["paper"])
    assert reader.account() is None
    assert reader.heartbeats().keys() == {"signals", "paper", "guard"}


@pytest.mark.embedded
def test_a_view_that_was_lost_is_written_again_with_the_next_heartbeat(
    embedded_redis: EmbeddedRedis, reader: ViewReader
) -> None:
    """Somebody flushed Redis while the flow had nothing to say."""
    shard = OneShard()
    with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S, interval_s=0.0) as writer:
        writer.put(shard.shard.key, shard.view.as_dict())
        until(lambda: writer.stats().written)
        with connect(embedded_redis.url, PATIENCE_S) as client:
            client.flushall()
        writer.alive([shard.shard.key])
        until(lambda: writer.stats().written == 2 or writer.alive([shard.shard.key]))
    assert reader.heads()[shard.shard.key]["gone"] is False


def test_a_guard_whose_last_look_is_old_is_not_well(tmp_path: Path) -> None:
    """Its loop may turn: it looks every five seconds even where nothing comes."""
    now = [1_000.0]
    with ViewWriter("redis://127.0.0.1:1/0") as writer:
        shown = GuardShown(writer, CollectorRegistry(), tmp_path / "policy.json", clock=lambda: now[0])
        assert shown.status()["why"] is None
        now[0] += 31.0
        assert shown.status()["why"] == "the last look is 31 s old"
        shown(GUARD, [])
        assert shown.status()["why"] is None
