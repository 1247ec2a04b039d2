"""Logs of records: from the writer's thread into Redis and back, the newest alone, each once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from one_shard import OneShard, at, trade

from connectors.embedded import EmbeddedRedis
from connectors.redis import keys
from connectors.redis.connection import connect
from connectors.redis.logs import KEPT_MS, Logs
from connectors.redis.reader import RedisDownError, ViewReader
from connectors.redis.smoke import write_smoke
from connectors.redis.view import ShardView
from connectors.redis.writer import ViewWriter

pytestmark = pytest.mark.embedded

PATIENCE_S = 10.0
FEW = keys.Log("levibot:few", 3)


@pytest.fixture
def reader(embedded_redis: EmbeddedRedis) -> Iterator[ViewReader]:
    """A reader of the embedded Redis."""
    found = ViewReader(embedded_redis.url, timeout_s=PATIENCE_S)
    yield found
    found.close()


@pytest.fixture
def client(embedded_redis: EmbeddedRedis) -> Iterator[redis.Redis]:
    """A client for what no reader shows."""
    with connect(embedded_redis.url, PATIENCE_S) as found:
        yield found


def said(n: int) -> dict[str, Any]:
    return {"id": f"i{n}", "ts": at(n), "n": n}


def command(n: int, reason: str = "") -> dict[str, Any]:
    return said(n) | {"event": "command", "cmd": "kill", "reason": reason}


def record(server: EmbeddedRedis, log: keys.Log, *bodies: dict[str, Any]) -> ViewWriter:
    with ViewWriter(server.url, timeout_s=PATIENCE_S) as writer:
        writer.record(log, bodies)
    return writer


def kept(client: redis.Redis, log: keys.Log) -> list[bytes]:
    return [member.partition(b"|")[0] for member in client.zrange(log.key, 0, -1)]


def test_alerts_come_newest_first(embedded_redis: EmbeddedRedis, reader: ViewReader) -> None:
    """As published; at most as many as are asked for; told again, each stands once."""
    record(embedded_redis, keys.ALERTS, *map(said, range(5)))
    record(embedded_redis, keys.ALERTS, *map(said, range(3, 6)))
    assert reader.alerts() == [said(n) for n in (5, 4, 3, 2, 1, 0)]
    assert reader.alerts(2) == [said(5), said(4)]
    assert reader.alerts(0) == []


def test_audit_joins_scores_and_commands(embedded_redis: EmbeddedRedis, reader: ViewReader) -> None:
    """Each tells its action, and a refused command why; a score was not refused."""
    score = said(2) | {"action": "ml.score", "context": {"confid": 0.9}}
    record(embedded_redis, keys.SCORES, score)
    record(embedded_redis, keys.COMMANDS, command(1, "the signature does not match"), command(3))
    assert reader.audit() == [
        command(3) | {"action": "command", "_err": None},
        score | {"_err": None},
        command(1, "the signature does not match")
        | {"action": "command", "_err": "the signature does not match"},
    ]
    assert [item["n"] for item in reader.audit(2)] == [3, 2]


def test_shard_hands_over_its_scores_once(embedded_redis: EmbeddedRedis, reader: ViewReader) -> None:
    """Real stages: an item at the end of each five seconds, in order, and nothing twice."""
    shard, shown = OneShard(), ShardView(OneShard().shard)
    for second in range(16):
        for emission in shard.feed(trade("BTCUSDT", second, 100.0), trade("ETHUSDT", second, 7.0)):
            shown.update(emission)
    scores = shown.take_scores()
    assert [(one["symbol"], one["ts"]) for one in scores] == [
        (symbol, at(second)) for second in (5, 10, 15) for symbol in ("BTCUSDT", "ETHUSDT")
    ]
    assert {one["action"] for one in scores} == {"ml.score"}
    assert shown.take_scores() == []
    record(embedded_redis, keys.SCORES, *scores)
    assert {one["id"] for one in reader.audit()} == {one["id"] for one in scores}


def test_only_the_newest_are_kept(embedded_redis: EmbeddedRedis, client: redis.Redis) -> None:
    """So many as the log has room for, and none that is over seven days behind the newest."""
    record(embedded_redis, FEW, *map(said, range(3)))
    record(embedded_redis, FEW, said(5))
    assert kept(client, FEW) == [b"i1", b"i2", b"i5"]
    late = said(6) | {"ts": at(2) + KEPT_MS * 1_000_000}
    record(embedded_redis, FEW, late)
    assert kept(client, FEW) == [b"i2", b"i5", b"i6"]
    record(embedded_redis, FEW, late | {"id": "i7", "ts": late["ts"] + 1_000_000})
    assert kept(client, FEW) == [b"i5", b"i6", b"i7"]
    assert 0 < client.pttl(FEW.key) <= KEPT_MS


def test_a_flood_leaves_the_newest_and_is_counted(embedded_redis: EmbeddedRedis, client: redis.Redis) -> None:
    """What newer records push out while Redis hangs would not have been kept."""
    embedded_redis.pause()
    writer = ViewWriter(embedded_redis.url, timeout_s=0.1)
    for n in range(10):
        writer.record(FEW, [said(n)])
    embedded_redis.resume()
    writer.close(timeout_s=PATIENCE_S)
    assert kept(client, FEW) == [b"i7", b"i8", b"i9"]
    assert writer.stats().records >= 3
    assert writer.stats().records + writer.stats().overtaken >= 10


def test_a_long_log_is_written_in_parts(embedded_redis: EmbeddedRedis, client: redis.Redis) -> None:
    """One writing takes few, so that views between are not late; all arrive."""
    logs = Logs(at_once=2)
    log = keys.Log("levibot:long", 100)
    logs.append(log, map(said, range(5)))
    logs.write(client)
    assert (len(logs), logs.written) == (3, 2)
    while logs:
        logs.write(client)
    assert len(kept(client, log)) == 5
    record(embedded_redis, log, *map(said, range(1_300)))
    assert len(kept(client, log)) == 100


def test_what_was_not_written_goes_first_the_next_time(embedded_redis: EmbeddedRedis) -> None:
    """As far as there is room beside what came meanwhile."""
    embedded_redis.kill()
    logs = Logs()
    logs.append(FEW, [said(1), said(2)])
    with connect(embedded_redis.url, 0.1) as dead, pytest.raises(redis.RedisError):
        logs.write(dead)
    assert (len(logs), logs.written, logs.overtaken) == (2, 0, 0)
    logs.append(FEW, [said(3), said(4)])
    assert (len(logs), logs.overtaken) == (3, 1)


def test_smoke(embedded_redis: EmbeddedRedis, client: redis.Redis, reader: ViewReader) -> None:
    """The last outcome replaces the one before, and dies out after seven days; without Redis it is lost."""
    assert reader.smoke() is None
    body = {"ok": True, "at": 1, "command": "check quick", "items": []}
    assert write_smoke(embedded_redis.url, body | {"ok": False})
    assert write_smoke(embedded_redis.url, body)
    assert reader.smoke() == body
    assert 0 < client.pttl(keys.SMOKE) <= KEPT_MS
    embedded_redis.kill()
    assert not write_smoke(embedded_redis.url, body, timeout_s=0.1)


def test_a_foreign_record_is_refused(
    embedded_redis: EmbeddedRedis, client: redis.Redis, reader: ViewReader
) -> None:
    """What is no record of ours is an error with a reason, not an answer."""
    client.zadd(keys.ALERTS.key, {"no json": 1})
    with pytest.raises(RedisDownError, match="is not ours"):
        reader.alerts()


def test_redis_down_is_said_of_logs_too(embedded_redis: EmbeddedRedis) -> None:
    """Each question raises."""
    embedded_redis.kill()
    reader = ViewReader(embedded_redis.url, timeout_s=0.1)
    for question in (reader.audit, reader.alerts, reader.equity, reader.smoke, reader.memory_bytes):
        with pytest.raises(RedisDownError):
            question()
    reader.close()
