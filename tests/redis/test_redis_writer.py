"""The writer publishes the newest view of each shard, never lets the flow wait, and heals what Redis lost."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any
from weakref import WeakSet

import pytest
import redis
from one_shard import OneShard, trade, until

from connectors.embedded import EmbeddedRedis
from connectors.redis import keys
from connectors.redis.connection import connect
from connectors.redis.reader import ViewReader
from connectors.redis.writer import ViewWriter

pytestmark = pytest.mark.embedded

SHARD = "ticks/0000"
PATIENCE_S = 10.0
"""A time-out for tests that are not about outages: a busy machine must not make one."""


def view(offset: int, **prices: float) -> dict[str, Any]:
    """Return a view that carries no more than it must: a position, and symbols with a price."""
    symbols = {name: {"signal": {"symbol": name, "venue": "", "price": p}} for name, p in prices.items()}
    return {"shard": SHARD, "offset": offset, "symbols": symbols}


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


def test_close_writes_the_last_view(embedded_redis: EmbeddedRedis, reader: ViewReader) -> None:
    """The real stages' view comes out of Redis as it went in, with the time of writing."""
    shard = OneShard()
    shard.feed(trade("BTCUSDT", 0.5, 100.0), trade("ETHUSDT", 3.5, 7.0), b"no json")
    shard.command("kill")
    with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S, clock=lambda: 1_234_567_890) as writer:
        writer.put(shard.shard.key, shard.view.as_dict())
    assert writer.stats().written == 1
    times = {"written_at": 1_234_567_890, "alive_at": 1_234_567_890}
    assert reader.shards() == {SHARD: shard.view.as_dict() | times | {"gone": False}}


def test_latest_wins(embedded_redis: EmbeddedRedis, reader: ViewReader) -> None:
    """Of a burst of views per shard the last is published, and most of the others never were."""
    with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S) as writer:
        for offset in range(5_000):
            writer.put("ticks/0000", view(offset))
            writer.put("ticks/0001", view(-offset))
    assert [head["offset"] for head in reader.heads().values()] == [4_999, -4_999]
    assert writer.stats().written + writer.stats().skipped == 10_000


def test_every_reading_is_one_view(embedded_redis: EmbeddedRedis, reader: ViewReader) -> None:
    """While the flow goes on, a reader sees exactly one of the views that were put, never a mix of two."""
    shard, put, read = OneShard(), {}, set()
    with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S, interval_s=0.0) as writer:
        for second in range(300):
            shard.feed(
                *(trade(name, second, 100.0 + second % 7) for name in ("BTCUSDT", "ETHUSDT", "SOLUSDT"))
            )
            view_now = shard.view.as_dict()
            put[view_now["offset"]] = view_now
            writer.put(SHARD, view_now)
            for seen in reader.shards().values():
                del seen["written_at"], seen["alive_at"], seen["gone"]
                assert seen == put[seen["offset"]]
                read.add(seen["offset"])
    assert len(read) > 1


def test_only_changed_symbols_are_written(embedded_redis: EmbeddedRedis, client: redis.Redis) -> None:
    """A symbol whose entry is the same object is left alone, one that went is removed."""
    first = view(1, BTCUSDT=100.0, ETHUSDT=7.0, SOLUSDT=5.0)
    second = view(2, BTCUSDT=101.0)
    second["symbols"]["ETHUSDT"] = first["symbols"]["ETHUSDT"]
    key = keys.shard(SHARD)
    with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S, interval_s=0.0) as writer:
        writer.put(SHARD, first)
        until(lambda: writer.stats().written == 1)
        client.hset(key, keys.symbol("ETHUSDT"), "untouched")
        writer.put(SHARD, second)
    fields = client.hgetall(key)
    assert sorted(fields) == [b"head", b"symbol:BTCUSDT", b"symbol:ETHUSDT"]
    assert fields[b"symbol:ETHUSDT"] == b"untouched"
    assert b"101.0" in fields[b"symbol:BTCUSDT"]


def test_keys_die_out(embedded_redis: EmbeddedRedis, client: redis.Redis) -> None:
    """A shard's hash has a time to live; nothing else is written but the set of shards."""
    with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S, ttl_s=90) as writer:
        writer.put(SHARD, view(1, BTCUSDT=100.0))
    assert sorted(client.keys("*")) == [b"levibot:shard:ticks/0000", b"levibot:shards"]
    assert 0 < client.pttl(keys.shard(SHARD)) <= 90_000


def test_puts_never_wait_for_a_hung_redis(embedded_redis: EmbeddedRedis, reader: ViewReader) -> None:
    """10,000 puts go through while Redis is frozen, and the newest is what appears when it goes on."""
    with ViewWriter(embedded_redis.url) as writer:
        writer.put(SHARD, view(0, BTCUSDT=1.0, ETHUSDT=2.0))
        until(lambda: writer.stats().written == 1)
        embedded_redis.pause()
        for offset in range(1, 10_001):
            writer.put(SHARD, view(offset, BTCUSDT=100.0 + offset))
        assert writer.stats().written == 1
        until(lambda: writer.stats().failures >= 2)
        assert writer.stats().last_success_age_s is not None
        embedded_redis.resume()
        until(lambda: writer.stats().written == 2)
        shown = reader.shards()[SHARD]
    assert shown["offset"] == 10_000
    assert {name: s["signal"]["price"] for name, s in shown["symbols"].items()} == {"BTCUSDT": 10_100.0}


def test_nothing_piles_up_while_redis_is_down(embedded_redis: EmbeddedRedis) -> None:
    """However long the outage, at most the newest view of a shard and the one in hand are kept."""

    class Tracked(dict[str, Any]):
        __hash__ = object.__hash__  # type: ignore[assignment]

    alive: WeakSet[Tracked] = WeakSet()
    embedded_redis.pause()
    with ViewWriter(embedded_redis.url) as writer:
        for offset in range(2_000):
            one = Tracked(view(offset))
            alive.add(one)
            writer.put(SHARD, one)
            del one
        until(lambda: writer.stats().failures >= 2)
        assert len(alive) <= 2
        embedded_redis.resume()


def test_whole_view_returns_after_a_restart(embedded_redis: EmbeddedRedis, reader: ViewReader) -> None:
    """A Redis that crashed and came back empty gets every shard and symbol again without a further put."""
    with ViewWriter(embedded_redis.url) as writer:
        for shard in ("ticks/0000", "ticks/0001"):
            writer.put(shard, view(1, BTCUSDT=1.0, ETHUSDT=2.0))
        until(lambda: writer.stats().written == 2)
        embedded_redis.kill()
        writer.put("ticks/0000", view(2, BTCUSDT=3.0, ETHUSDT=4.0))
        until(lambda: writer.stats().failures >= 1)
        embedded_redis.start()
        until(lambda: writer.stats().written == 4)
        shown = reader.shards()
    assert {shard: (s["offset"], sorted(s["symbols"])) for shard, s in shown.items()} == {
        "ticks/0000": (2, ["BTCUSDT", "ETHUSDT"]),
        "ticks/0001": (1, ["BTCUSDT", "ETHUSDT"]),
    }


def test_everything_is_written_again_after_an_outage(
    embedded_redis: EmbeddedRedis, client: redis.Redis, reader: ViewReader
) -> None:
    """Also what has not changed: a Redis that came back may have come back older than it went."""
    first = view(1, BTCUSDT=1.0, ETHUSDT=2.0)
    with ViewWriter(embedded_redis.url) as writer:
        writer.put(SHARD, first)
        until(lambda: writer.stats().written == 1)
        client.hset(keys.shard(SHARD), keys.symbol("ETHUSDT"), '{"signal":{"price":-1.0}}')
        embedded_redis.pause()
        writer.put(SHARD, first | {"offset": 2})
        until(lambda: writer.stats().failures >= 1)
        embedded_redis.resume()
        until(lambda: writer.stats().written == 2)
    assert reader.shards()[SHARD]["symbols"] == first["symbols"]


def test_one_transaction_a_view(embedded_redis: EmbeddedRedis, client: redis.Redis) -> None:
    """No reader can look between the old hash's end and the new one's beginning."""
    with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S) as writer:
        writer.put(SHARD, view(1, BTCUSDT=1.0, ETHUSDT=2.0))
    calls = {name: stats["calls"] for name, stats in client.info("commandstats").items()}
    assert (calls["cmdstat_multi"], calls["cmdstat_exec"], calls["cmdstat_hset"]) == (1, 1, 1)


@pytest.mark.parametrize("loss", ["flushall", "delete"])
def test_whole_view_returns_after_a_flush(
    embedded_redis: EmbeddedRedis, client: redis.Redis, reader: ViewReader, loss: str
) -> None:
    """Where keys vanish under a healthy connection, the next put of a shard brings all of it back."""
    first = view(1, BTCUSDT=1.0, ETHUSDT=2.0)
    with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S) as writer:
        writer.put(SHARD, first)
        until(lambda: writer.stats().written == 1)
        client.execute_command(*{"flushall": ["FLUSHALL"], "delete": ["DEL", keys.shard(SHARD)]}[loss])
        writer.put(SHARD, first | {"offset": 2})
    shown = reader.shards()[SHARD]
    assert (shown["offset"], sorted(shown["symbols"])) == (2, ["BTCUSDT", "ETHUSDT"])


def test_foreign_value_in_our_place_is_replaced(embedded_redis: EmbeddedRedis, client: redis.Redis) -> None:
    """A key of another type fails one attempt and is then put right."""
    client.set(keys.shard(SHARD), "not a hash")
    with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S) as writer:
        writer.put(SHARD, view(1))
        until(lambda: writer.stats().written == 1)
    assert client.hlen(keys.shard(SHARD)) == 1


def test_leftovers_of_a_predecessor_are_removed(embedded_redis: EmbeddedRedis, reader: ViewReader) -> None:
    """The first write of a process replaces the hash, symbols it does not know included."""
    for names in ({"BTCUSDT": 1.0, "OLDUSDT": 1.0}, {"BTCUSDT": 2.0}):
        with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S) as writer:
            writer.put(SHARD, view(1, **names))
    assert list(reader.shards()[SHARD]["symbols"]) == ["BTCUSDT"]


def test_view_that_cannot_be_written_spoils_no_other(
    embedded_redis: EmbeddedRedis, reader: ViewReader, caplog: pytest.LogCaptureFixture
) -> None:
    """A defect in one shard's view is logged and counted; the thread lives on."""
    with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S) as writer:
        writer.put("ticks/0000", view(1) | {"bad": object()})
        until(lambda: writer.stats().failures == 1)
        writer.put("ticks/0001", view(2))
        until(lambda: writer.stats().written == 1)
    assert list(reader.shards()) == ["ticks/0001"]
    assert "defect" in caplog.text


def test_outage_is_logged_once_at_each_end(
    embedded_redis: EmbeddedRedis, caplog: pytest.LogCaptureFixture
) -> None:
    """However many attempts fail, the log has one line for the loss and one for the return."""
    caplog.set_level(logging.INFO)
    embedded_redis.pause()
    with ViewWriter(embedded_redis.url) as writer:
        writer.put(SHARD, view(1))
        until(lambda: writer.stats().failures >= 3)
        embedded_redis.resume()
        until(lambda: writer.stats().written == 1)
    assert [r.levelname for r in caplog.records if r.name == "connectors.redis.writer"] == ["WARNING", "INFO"]


def test_close_does_not_wait_for_a_dead_redis(embedded_redis: EmbeddedRedis) -> None:
    """Ending while Redis is gone leaves the view unwritten and the thread ended."""
    embedded_redis.kill()
    writer = ViewWriter(embedded_redis.url)
    writer.put(SHARD, view(1))
    writer.close(timeout_s=0.1)
    assert not writer._thread.is_alive()
    assert writer.stats().written == 0


def test_writer_needs_few_rights(embedded_redis: EmbeddedRedis, client: redis.Redis) -> None:
    """A user with exactly the documented commands on our keys can publish."""
    rights = "+ping +multi +exec +del +hset +hdel +pexpire +zadd +zremrangebyscore +zremrangebyrank"
    client.execute_command("ACL", "SETUSER", "flow", "on", ">secret", "~levibot:*", *rights.split())
    with ViewWriter(embedded_redis.url.replace("//", "//flow:secret@"), timeout_s=PATIENCE_S) as writer:
        writer.put(SHARD, view(1, BTCUSDT=1.0))
        until(lambda: writer.stats().written == 1)
        writer.put(SHARD, view(2))
        writer.record(keys.ALERTS, [{"id": "a", "ts": 1}])
    assert writer.stats()[:3] == (2, 0, 0)
    assert writer.stats().records == 1
