"""What the paper account has published is what Redis and the metrics show, book by book."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import orjson
import pytest
import redis
from paper.walk import Walk, quote
from prometheus_client import CollectorRegistry, generate_latest

from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.kafka.clients import producer
from connectors.kafka.paper.recent import recent
from connectors.kafka.topics import ACCOUNT_SHARD
from connectors.redis import keys
from connectors.redis.connection import connect
from connectors.redis.reader import ViewReader
from connectors.redis.writer import ViewWriter
from connectors.settings import Settings
from flows.account_shown import LAST, AccountShown
from models.desk.gate import BUY, SELL
from models.paper.account import TOPICS

pytestmark = pytest.mark.embedded

PATIENCE_S = 10.0
S = "BTCUSDT"
METRICS = """\
levibot_equity{book="active"} 1009.57521977
levibot_equity{book="challenger"} 999.80002498
levibot_paper_win_rate{book="active"} 1.0
levibot_paper_max_drawdown{book="active"} 0.00019997502
levibot_paper_max_drawdown{book="challenger"} 0.00019997502
levibot_paper_trades_total{book="active"} 1.0
levibot_paper_trades_total{book="challenger"} 0.0
levibot_paper_wins_total{book="active"} 1.0
levibot_paper_wins_total{book="challenger"} 0.0
levibot_paper_positions{book="active"} 0.0
levibot_paper_positions{book="challenger"} 1.0
levibot_paper_money{book="active",what="day_pnl"} 9.57521977
levibot_paper_money{book="challenger",what="day_pnl"} -0.19997502
levibot_paper_money{book="active",what="day_limit"} -200.0
levibot_paper_money{book="active",what="near_limit"} -180.0
levibot_paper_money{book="challenger",what="day_limit"} -200.0
levibot_paper_money{book="challenger",what="near_limit"} -180.0
levibot_errors_total{stage="trading"} 0.0
levibot_paper_money{book="active",what="equity"} 1009.57521977
levibot_paper_money{book="active",what="cash"} 1009.57521977
levibot_paper_money{book="active",what="fees"} 0.31483509
levibot_paper_money{book="active",what="realised"} 9.57521977
levibot_paper_money{book="active",what="unrealised"} 0.0
levibot_paper_money{book="active",what="pnl"} 9.57521977
levibot_paper_money{book="active",what="pnl_1d"} 9.57521977
levibot_paper_money{book="active",what="pnl_7d"} 9.57521977
levibot_paper_money{book="challenger",what="equity"} 999.80002498
levibot_paper_money{book="challenger",what="cash"} 899.85000098
levibot_paper_money{book="challenger",what="fees"} 0.15
levibot_paper_money{book="challenger",what="realised"} 0.0
levibot_paper_money{book="challenger",what="unrealised"} -0.19997502
levibot_paper_money{book="challenger",what="pnl"} -0.19997502
levibot_paper_money{book="challenger",what="pnl_1d"} -0.19997502
levibot_paper_money{book="challenger",what="pnl_7d"} -0.19997502
levibot_paper_drawdown{book="active"} 0.0
levibot_paper_drawdown{book="challenger"} 0.00019997502
levibot_paper_events_total{book="active",event="fill",reason="entry"} 1.0
levibot_paper_events_total{book="active",event="fill",reason="exit"} 1.0
levibot_paper_events_total{book="active",event="blocked",reason="halted"} 1.0
levibot_paper_events_total{book="challenger",event="fill",reason="entry"} 1.0
levibot_paper_second 80.0"""


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


@pytest.fixture
def registry() -> CollectorRegistry:
    """A registry of its own."""
    return CollectorRegistry()


def bought_and_sold() -> Walk:
    """Return a walk in which both books buy at 100 and the active one sells at 110; an order is refused."""
    walk = Walk()
    walk.second(quote(S, 100.0, BUY, challenger="shadow", shadow=BUY))
    walk.seconds(2, quote(S, 100.0, challenger="shadow"))
    walk.second(quote(S, 110.0, SELL, challenger="shadow"))
    walk.seconds(2, quote(S, 110.0, challenger="shadow"))
    walk.command("halt")
    walk.command("paper.order", symbol=S, side="buy", notional_usd=5)
    return walk


def show(walk: Walk, server: EmbeddedRedis, registry: CollectorRegistry) -> AccountShown:
    """Hand all that a walk booked to the view, as the sink does, and wait until it is written."""
    with ViewWriter(server.url, timeout_s=PATIENCE_S, kind=keys.ACCOUNT) as writer:
        shown = AccountShown(writer, registry)
        for booked in walk.booked:
            shown(ACCOUNT_SHARD, [booked])
    return shown


def test_redis_holds_the_books_and_the_last_trades(
    embedded_redis: EmbeddedRedis, registry: CollectorRegistry, reader: ViewReader, client: redis.Redis
) -> None:
    """In one hash of its own, as they stand on the topics."""
    walk = bought_and_sold()
    show(walk, embedded_redis, registry)
    found = reader.account()
    assert found is not None
    assert found.keys() == {"second", "books", "trades", "told", "written_at", "alive_at"}
    assert found["told"] == {"trading_errors": 0}
    assert found["second"] == walk.booked[-1].cause.offset
    for book in ("active", "challenger"):
        states = [body for body in walk.said("account") if body["book"] == book]
        assert found["books"][book] == states[-1]
        assert found["trades"][book] == [body for body in walk.trades if body["book"] == book]
    events = [(body["event"], body["side"], body["reason"]) for body in found["trades"]["active"]]
    assert events == [("fill", "BUY", "entry"), ("fill", "SELL", "exit"), ("blocked", "BUY", "halted")]
    assert sorted(client.keys("*")) == [
        b"levibot:account:account/0000", b"levibot:accounts", b"levibot:equity:active",
        b"levibot:equity:challenger",
    ]  # fmt: skip


def test_an_account_is_no_shard(
    embedded_redis: EmbeddedRedis, registry: CollectorRegistry, reader: ViewReader
) -> None:
    """Who asks for shards or symbols does not meet it."""
    show(bought_and_sold(), embedded_redis, registry)
    assert (reader.shards(), reader.heads(), reader.symbol(S)) == ({}, {}, None)


def test_equity_is_a_point_for_each_second_that_was_told(
    embedded_redis: EmbeddedRedis, registry: CollectorRegistry, reader: ViewReader
) -> None:
    """Book by book, the last record of a second; told again by a new process, nothing is doubled."""
    walk = bought_and_sold()
    show(walk, embedded_redis, registry)
    show(walk, embedded_redis, CollectorRegistry())
    for book in ("active", "challenger"):
        told = {
            body["ts"] // 1_000_000_000: float(body["equity"])
            for body in walk.said("account")
            if body["book"] == book
        }
        found = reader.equity(book)
        assert found == [{"second": second, "value": value} for second, value in told.items()]
        assert len(found) >= 1
        assert reader.equity(book, found[-1]["second"]) == found[-1:]
    assert reader.equity()[-1]["value"] == 1009.57521977
    assert reader.equity("nobody") == []


def test_only_the_last_trades_are_kept(
    embedded_redis: EmbeddedRedis, registry: CollectorRegistry, reader: ViewReader
) -> None:
    """Of each book, the oldest go first."""
    walk = Walk()
    walk.second(quote(S, 100.0))
    for _ in range(LAST + 7):
        walk.command("paper.order", symbol="NOBODY", side="sell", notional_usd=0)
    show(walk, embedded_redis, registry)
    found = reader.account()
    assert found is not None
    assert found["trades"] == {"active": walk.trades[-LAST:]}
    assert [body["ordinal"] for body in found["trades"]["active"]] == list(range(7, LAST + 7))


def test_the_metrics_say_what_the_books_say(
    embedded_redis: EmbeddedRedis, registry: CollectorRegistry
) -> None:
    """100 bought at 100.05, sold by the active book at 109.945: computed by hand to the last digit."""
    show(bought_and_sold(), embedded_redis, registry)
    text = generate_latest(registry).decode()
    told = {line for line in text.splitlines() if not line.startswith("#") and "_created" not in line}
    assert told == set(METRICS.split("\n"))


def test_a_new_process_shows_what_the_one_before_has_published(
    embedded_redis: EmbeddedRedis,
    embedded_broker: Callable[..., EmbeddedBroker],
    registry: CollectorRegistry,
    reader: ViewReader,
) -> None:
    """Read back from its topics; what is given again after a crash is neither shown nor counted twice."""
    walk = bought_and_sold()
    settings = Settings(
        _env_file=None, kafka_bootstrap=embedded_broker({"trades": 1, "account": 1}).bootstrap
    )
    client = producer(settings.kafka_bootstrap)
    for topic in TOPICS:
        for body in walk.said(topic):
            client.produce(topic, orjson.dumps(body), partition=0)
    assert client.flush(10) == 0

    with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S, kind=keys.ACCOUNT) as writer:
        shown = AccountShown(writer, registry)
        for topic in TOPICS:
            shown.remember(ACCOUNT_SHARD, topic, recent(topic, settings))
        shown(ACCOUNT_SHARD, walk.booked[3:])
    found = reader.account()
    assert found is not None
    assert found["second"] == walk.booked[-1].cause.offset
    books = {"active", "challenger"}
    assert found["trades"] == {book: [b for b in walk.trades if b["book"] == book] for book in books}
    assert found["books"].keys() == books
    text = generate_latest(registry).decode()
    assert 'levibot_equity{book="active"} 1009.57521977' in text
    assert "levibot_paper_events_total{" not in text


def test_nothing_is_put_before_there_is_anything(
    embedded_redis: EmbeddedRedis, registry: CollectorRegistry, reader: ViewReader
) -> None:
    """An account that begins shows nothing, rather than a second that it has not seen."""
    with ViewWriter(embedded_redis.url, timeout_s=PATIENCE_S, kind=keys.ACCOUNT) as writer:
        shown = AccountShown(writer, registry)
        shown.remember(ACCOUNT_SHARD, "trades", [])
    assert reader.account() is None
    assert shown.status()["second"] is None


def test_health_tells_equity_and_the_view(embedded_redis: EmbeddedRedis, registry: CollectorRegistry) -> None:
    """As text, so that nobody rounds it."""
    walk = bought_and_sold()
    status = show(walk, embedded_redis, registry).status()
    assert status["second"] == walk.booked[-1].cause.offset
    assert status["equity"] == {"active": "1009.57521977", "challenger": "999.80002498"}
    assert status["view"]["failures"] == 0


def test_nothing_is_shown_of_an_account_that_never_ran(reader: ViewReader) -> None:
    """An empty Redis has no account."""
    assert reader.account() is None
