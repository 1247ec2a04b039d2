"""The reader shows what was written, tells what is missing, and fails at once when Redis does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from one_shard import OneShard, trade

from connectors.embedded import EmbeddedRedis
from connectors.redis import keys
from connectors.redis.connection import connect
from connectors.redis.reader import RedisDownError, ViewReader
from connectors.redis.writer import ViewWriter
from models.spec import Spec

pytestmark = pytest.mark.embedded

READ_ONLY = ["+ping", "+zrange", "+hgetall", "+hget", "+hmget", "+info"]


@pytest.fixture
def reader(embedded_redis: EmbeddedRedis) -> Iterator[ViewReader]:
    """A reader of the embedded Redis."""
    found = ViewReader(embedded_redis.url, timeout_s=1.0)
    yield found
    found.close()


@pytest.fixture
def client(embedded_redis: EmbeddedRedis) -> Iterator[redis.Redis]:
    """An administrator's client."""
    with connect(embedded_redis.url, 1.0) as found:
        yield found


def publish(server: EmbeddedRedis, *shards: OneShard) -> None:
    with ViewWriter(server.url, timeout_s=10.0) as writer:
        for shard in shards:
            writer.put(shard.shard.key, shard.view.as_dict())


def traded(shard: OneShard, symbol: str, price: float, venue: str = "") -> OneShard:
    shard.feed(trade(symbol, 0.5, price, exchange=venue), trade(symbol, 1.5, price, exchange=venue))
    return shard


def test_empty_redis_shows_nothing(reader: ViewReader) -> None:
    """Without a view there are no shards and no symbol, and Redis is up all the same."""
    assert reader.shards() == {}
    assert reader.heads() == {}
    assert reader.symbol("BTCUSDT") is None
    assert reader.ping()


def test_heads_are_shards_without_symbols(embedded_redis: EmbeddedRedis, reader: ViewReader) -> None:
    """The cheap reading says the same as the whole."""
    publish(embedded_redis, traded(OneShard(), "BTCUSDT", 100.0))
    [whole], [head] = reader.shards().values(), reader.heads().values()
    assert whole.pop("symbols").keys() == {"BTCUSDT"}
    assert head == whole


def test_symbol_is_found_on_its_shard(embedded_redis: EmbeddedRedis, reader: ViewReader) -> None:
    """One symbol comes with its answer and the head of the shard that gave it."""
    publish(
        embedded_redis,
        traded(OneShard(partition=0), "BTCUSDT", 100.0),
        traded(OneShard(partition=1), "ETHUSDT", 7.0),
    )
    found = reader.symbol("ETHUSDT")
    assert found is not None
    assert found["signal"]["price"] == 7.0
    assert found["features"]["price"] == 7.0
    assert found["shard"]["shard"] == "ticks/0001"
    assert reader.symbol("XRPUSDT") is None


def test_venue_tells_apart_what_shares_a_name(embedded_redis: EmbeddedRedis, reader: ViewReader) -> None:
    """A name means the first shard that has it; with its venue in front, exactly that one."""
    publish(
        embedded_redis,
        traded(OneShard("a"), "BTCUSDT", 100.0, "binance"),
        traded(OneShard("b"), "BTCUSDT", 200.0, "bybit"),
    )
    prices = {
        name: (reader.symbol(name) or {"signal": {"price": None}})["signal"]["price"]
        for name in ("BTCUSDT", "binance:BTCUSDT", "bybit:BTCUSDT", "mexc:BTCUSDT")
    }
    assert prices == {
        "BTCUSDT": 100.0, "binance:BTCUSDT": 100.0, "bybit:BTCUSDT": 200.0, "mexc:BTCUSDT": None,
    }  # fmt: skip


def test_live_symbol_goes_before_an_expired_one(embedded_redis: EmbeddedRedis, reader: ViewReader) -> None:
    """Where a symbol has moved to another shard, the one that still trades answers."""
    old = traded(OneShard(partition=0, spec=Spec(symbol_ttl_s=60)), "BTCUSDT", 100.0)
    old.beat(100)
    publish(embedded_redis, old, traded(OneShard(partition=1), "BTCUSDT", 200.0))
    found = reader.symbol("BTCUSDT")
    assert found is not None
    assert (found["signal"]["price"], found["level"]) == (200.0, "ok")


def test_vanished_shard_is_remembered(
    embedded_redis: EmbeddedRedis, client: redis.Redis, reader: ViewReader
) -> None:
    """When a dead writer's hash has expired, the shard is still listed, as gone, with its last write."""
    publish(embedded_redis, OneShard())
    written_at = reader.heads()["ticks/0000"]["written_at"]
    client.delete(keys.shard("ticks/0000"))
    ms = written_at // 1_000_000 * 1_000_000
    gone = {"shard": "ticks/0000", "written_at": ms, "alive_at": ms, "gone": True}
    assert reader.heads() == {"ticks/0000": gone}
    assert reader.shards()["ticks/0000"]["symbols"] == {}


@pytest.mark.parametrize("end", ["pause", "kill"])
def test_redis_down_is_said(embedded_redis: EmbeddedRedis, end: str) -> None:
    """A hung and a dead server both raise, and a ping is false."""
    reader = ViewReader(embedded_redis.url, timeout_s=0.1)
    getattr(embedded_redis, end)()
    for question in (reader.shards, reader.heads, reader.account, lambda: reader.symbol("BTCUSDT")):
        with pytest.raises(RedisDownError):
            question()
    assert not reader.ping()
    reader.close()


def test_reader_goes_on_when_redis_is_back(embedded_redis: EmbeddedRedis, reader: ViewReader) -> None:
    """The same reader answers again after an outage."""
    publish(embedded_redis, OneShard())
    embedded_redis.pause()
    with pytest.raises(RedisDownError):
        reader.heads()
    embedded_redis.resume()
    assert list(reader.heads()) == ["ticks/0000"]


def test_foreign_value_is_refused(
    embedded_redis: EmbeddedRedis, client: redis.Redis, reader: ViewReader
) -> None:
    """What is no view of ours is an error with a reason, not an answer."""
    publish(embedded_redis, OneShard())
    client.hset(keys.shard("ticks/0000"), keys.HEAD, "not json")
    with pytest.raises(RedisDownError, match="is not ours"):
        reader.heads()


def test_view_of_another_version_is_refused(
    embedded_redis: EmbeddedRedis, client: redis.Redis, reader: ViewReader
) -> None:
    """During an upgrade a reader does not guess what fields mean."""
    publish(embedded_redis, OneShard())
    client.hset(keys.shard("ticks/0000"), keys.HEAD, '{"format":0,"shard":"ticks/0000","written_at":1}')
    with pytest.raises(RedisDownError, match="another version"):
        reader.heads()


BOOK = {"second": 7, "books": {"active": {"equity": "1000.00000000"}}, "trades": {}, "symbols": {}}


def show_account(server: EmbeddedRedis) -> None:
    with ViewWriter(server.url, timeout_s=10.0, clock=lambda: 1_234_567_890, kind=keys.ACCOUNT) as writer:
        writer.put("account/0000", BOOK)


def test_the_account_is_read_apart_from_the_shards(
    embedded_redis: EmbeddedRedis, client: redis.Redis, reader: ViewReader
) -> None:
    """It has a list of its own; where its hash has expired nothing is left of it."""
    publish(embedded_redis, OneShard())
    assert reader.account() is None
    show_account(embedded_redis)
    shown = {name: value for name, value in BOOK.items() if name != "symbols"}
    assert reader.account() == shown | {"written_at": 1_234_567_890, "alive_at": 1_234_567_890}
    assert list(reader.heads()) == ["ticks/0000"]
    client.delete(keys.ACCOUNT.hash("account/0000"))
    assert reader.account() is None


def test_an_account_of_another_version_is_refused(
    embedded_redis: EmbeddedRedis, client: redis.Redis, reader: ViewReader
) -> None:
    """As a shard is, and by its own name."""
    show_account(embedded_redis)
    client.hset(keys.ACCOUNT.hash("account/0000"), keys.HEAD, '{"format":0}')
    with pytest.raises(RedisDownError, match="account/0000 was published by another version"):
        reader.account()


def test_read_only_user_suffices(embedded_redis: EmbeddedRedis, client: redis.Redis) -> None:
    """A Redis user with six reading commands on our keys can read everything and write nothing."""
    publish(embedded_redis, traded(OneShard(), "BTCUSDT", 100.0))
    client.execute_command("ACL", "SETUSER", "api", "on", ">secret", "~levibot:*", *READ_ONLY)
    url = embedded_redis.url.replace("//", "//api:secret@")
    reader = ViewReader(url, timeout_s=1.0)
    assert reader.ping()
    assert reader.symbol("BTCUSDT") is not None
    assert reader.account() is None
    assert (reader.audit(), reader.alerts(), reader.equity(), reader.smoke()) == ([], [], [], None)
    assert reader.memory_bytes() > 100_000
    assert reader.shards().keys() == reader.heads().keys() == {"ticks/0000"}
    reader.close()
    with connect(url, 1.0) as api:
        for forbidden in (
            ("SET", "levibot:x", "1"),
            ("HSET", keys.shard("ticks/0000"), "head", "{}"),
            ("GET", "x"),
        ):
            with pytest.raises(redis.exceptions.NoPermissionError):
                api.execute_command(*forbidden)


def test_password_is_never_told(embedded_redis: EmbeddedRedis) -> None:
    """A wrong password is an error that does not repeat it."""
    reader = ViewReader(embedded_redis.url.replace("//", "//api:hunter2@"))
    with pytest.raises(RedisDownError) as caught:
        reader.heads()
    reader.close()
    assert "hunter2" not in f"{caught.value} {caught.value.__cause__!r} {reader!r}"
