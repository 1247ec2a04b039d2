"""``levibot feed live``, from an exchange on this machine into the embedded broker."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from click.testing import Result
from confluent_kafka import Consumer, KafkaError, Message, TopicPartition
from structlog.testing import capture_logs
from typer.testing import CliRunner

from connectors.embedded import EmbeddedBroker
from flows.commands.feed import app
from tests.feed_live.exchange import Exchange, Peer, in_background, says, trade, trades

BrokerFactory = Callable[..., EmbeddedBroker]
MSG_SIZE_TOO_LARGE = 10
COMMAND = """
from connectors.logs import configure
from connectors.settings import settings
from flows.commands.feed import app
configure(settings())
app()
"""  # ``levibot feed`` without what its other commands import


def live(*arguments: str) -> Result:
    with capture_logs():
        return CliRunner().invoke(app, ["live", *arguments])


def everything(bootstrap: str, partitions: int) -> list[Message]:
    """All records of ``ticks``, partition by partition."""
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": "reader", "enable.partition.eof": True, "log_level": 0}
    )
    consumer.assign([TopicPartition("ticks", number, 0) for number in range(partitions)])
    read: list[Message] = []
    ends = 0
    while ends < partitions:
        message = consumer.poll(10)
        assert message is not None
        if message.error() is None:
            read.append(message)
        else:
            assert message.error().code() == KafkaError._PARTITION_EOF
            ends += 1
    consumer.close()
    return sorted(read, key=lambda message: (message.partition(), message.offset()))


async def drops_once(peer: Peer) -> None:
    """Send, cut the line, and be back with three trades missing."""
    await peer.subscribe()
    await peer.say(*trades(1, 200), *trades(1, 100, "ETHUSDT"))
    peer.drop()


@pytest.mark.embedded
@pytest.mark.slow
def test_the_topic_holds_what_the_exchange_sent(embedded_broker: BrokerFactory) -> None:
    """Byte for byte and in order, a symbol in one partition, with the times of receipt; the gap is told."""
    broker = embedded_broker({"ticks": 4})
    before = time.time_ns()
    with in_background(Exchange(drops_once, says(*trades(204, 300)))) as exchange:
        options = ["--url", exchange.url, "--limit", "397", "--json", "--bootstrap", broker.bootstrap]
        result = live("binance", "BTCUSDT", "ETHUSDT", *options)
    assert result.exit_code == 0, result.output
    arrived = everything(broker.bootstrap, 4)
    sent = {b"BTCUSDT": trades(1, 200) + trades(204, 300), b"ETHUSDT": trades(1, 100, "ETHUSDT")}
    for key, values in sent.items():
        records = [message for message in arrived if message.key() == key]
        assert [message.value() for message in records] == values
        assert len({message.partition() for message in records}) == 1
        received = [int(dict(message.headers())["recv_ts"]) for message in records]
        assert before < received[0]
        assert received == sorted(received)
        assert [message.timestamp()[1] for message in records] == [ns // 1_000_000 for ns in received]
    summary = json.loads(result.stdout)
    assert (summary["records"], summary["trades"], summary["missing"]) == (397, 397, 3)
    assert (summary["connections"], summary["losses"], summary["silent"]) == (2, {"lost": 1}, [])
    assert [(gap["symbol"], gap["from_id"], gap["to_id"]) for gap in summary["gaps"]] == [
        ("BTCUSDT", 201, 203)
    ]


@pytest.mark.embedded
@pytest.mark.slow
def test_a_signal_ends_it_well(embedded_broker: BrokerFactory) -> None:
    """Exit code 0, a summary, and every record it counts in the topic."""
    broker = embedded_broker({"ticks": 1})
    with in_background(Exchange(says(*trades(1, 50)))) as exchange:
        options = [
            "live",
            "binance",
            "BTCUSDT",
            "--url",
            exchange.url,
            "--bootstrap",
            broker.bootstrap,
        ]
        with subprocess.Popen(
            [sys.executable, "-c", COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as running:
            wait_for_records(broker.bootstrap, 50)
            running.send_signal(signal.SIGTERM)
            out, _ = running.communicate(timeout=30)
    assert running.returncode == 0
    assert out.startswith(b"50 records of 1 symbols in ticks")
    assert b"(stopped)" in out.splitlines()[0]
    assert [message.value() for message in everything(broker.bootstrap, 1)] == trades(1, 50)


def wait_for_records(bootstrap: str, count: int) -> None:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "waiter", "log_level": 0})
    consumer.assign([TopicPartition("ticks", 0, 0)])
    while count > 0:
        message = consumer.poll(30)
        assert message is not None
        count -= message.error() is None
    consumer.close()


@pytest.mark.embedded
@pytest.mark.slow
def test_a_failed_delivery_fails_the_command(embedded_broker: BrokerFactory) -> None:
    """Exit code 1, with topic, symbol and reason."""
    broker = embedded_broker({"ticks": 1})
    broker.errors("produce", [MSG_SIZE_TOO_LARGE])
    with in_background(Exchange(says(trade(1)))) as exchange:
        result = live(
            "binance", "BTCUSDT", "--url", exchange.url, "--limit", "1", "--bootstrap", broker.bootstrap
        )
    assert result.exit_code == 1
    assert "ticks: the record of BTCUSDT" in result.stderr


@pytest.mark.embedded
@pytest.mark.slow
def test_an_exchange_that_cannot_be_had_fails_the_command(embedded_broker: BrokerFactory) -> None:
    """Exit code 2, with its address and the reason."""
    broker = embedded_broker({"ticks": 1})

    async def refuses(peer: Peer) -> None:
        await peer.hear()
        await peer.say(b'{"code":2,"msg":"no such stream"}')
        await peer.stay()

    with in_background(Exchange(refuses)) as exchange:
        result = live("binance", "FOOBAR", "--url", exchange.url, "--bootstrap", broker.bootstrap)
    assert result.exit_code == 2
    assert f"{exchange.url} cannot be used (attempts: 1)" in result.stderr
    assert "FOOBAR: no such stream" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["mtgox", "BTCUSD"], "choose one of binance, bybit, coinbase"),
        (["binance", "btcusdt"], "in capitals"),
        (["binance", "BTCUSDT", "--stream", "depth"], "trade or aggTrade"),
        (["binance", "BTCUSDT", "--url", "ws://example.org"], "not safe"),
        (["binance", "BTCUSDT", "--per-connection", "2000"], "1 to 1024"),
        (["binance"], "symbols"),
    ],
)
def test_bad_options_are_refused(arguments: list[str], why: str) -> None:
    """Before any broker or exchange is asked."""
    result = live(*arguments)
    assert result.exit_code == 2
    assert why in result.stderr
