"""Feeds into the embedded broker: every record arrives, as it was, where it belongs, or the feed says so."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from confluent_kafka import Consumer, KafkaError, Message, TopicPartition
from typer.testing import CliRunner

from connectors.embedded import EmbeddedBroker
from connectors.kafka.delivery import Delivery, DeliveryError
from connectors.kafka.errors import BrokerError
from flows.commands.feed import app
from models.simulator import MarketSpec, instruments, simulate

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

BrokerFactory = Callable[..., EmbeddedBroker]
START = 1_700_000_000_000_000_000
SECOND = 1_000_000_000
MSG_SIZE_TOO_LARGE = 10


def feed(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def everything(bootstrap: str, topic: str, partitions: int) -> list[Message]:
    """All records of a topic, partition by partition."""
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": "reader", "enable.partition.eof": True, "log_level": 0}
    )
    consumer.assign([TopicPartition(topic, p, 0) for p in range(partitions)])
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
    return sorted(read, key=lambda m: (m.partition(), m.offset()))


def by_key(messages: Sequence[Message]) -> dict[bytes, list[Message]]:
    groups = defaultdict(list)
    for message in messages:
        groups[message.key()].append(message)
    return groups


def test_a_simulated_market_arrives_as_it_was_made(embedded_broker: BrokerFactory) -> None:
    """Exactly 10,000 ticks, byte for byte, with their times; a symbol is in one partition, in order."""
    broker = embedded_broker({"ticks": 4})
    options = ["--ticks", "10000", "--speed", "max", "--seed", "5", "--start", str(START), "--json"]
    summary = told(feed("simulate", *options, "--bootstrap", broker.bootstrap))
    market = MarketSpec(instruments=instruments(5))
    made = list(itertools.islice(simulate(market, 5, START), 10_000))
    arrived = by_key(everything(broker.bootstrap, "ticks", 4))
    assert {k: len(v) for k, v in arrived.items()} == {k.encode(): n for k, n in summary["symbols"].items()}
    for key, messages in arrived.items():
        assert len({m.partition() for m in messages}) == 1
        expected = [(r.value, r.record_ts // 1_000_000) for r in made if r.key == key]
        assert [(m.value(), m.timestamp()[1]) for m in messages] == expected
    assert (summary["records"], summary["kinds"], summary["stopped"]) == (10_000, {"tick": 10_000}, False)


def test_a_past_market_ends_behind_the_clock(embedded_broker: BrokerFactory) -> None:
    """At full speed the last record's stamp is just before now, as a broker that bounds stamps demands."""
    broker = embedded_broker({"ticks": 1})
    before = time.time_ns()
    for length in (["--ticks", "500"], ["--seconds", "60"]):
        summary = told(feed("simulate", *length, "--speed", "max", "--json", "--bootstrap", broker.bootstrap))
        assert summary["last_ts"] <= time.time_ns()
        assert summary["last_ts"] > before - 10 * SECOND
        assert summary["first_ts"] < summary["last_ts"] - 10 * SECOND


def test_a_live_market_keeps_the_clock(embedded_broker: BrokerFactory) -> None:
    """One second of market takes one second, and no record is stamped ahead of its sending."""
    broker = embedded_broker({"ticks": 1})
    before, began = time.time_ns(), time.monotonic()
    options = ["--seconds", "1", "--rate", "200", "--json"]
    summary = told(feed("simulate", *options, "--bootstrap", broker.bootstrap))
    assert time.monotonic() - began > 0.8
    assert before <= summary["first_ts"] <= summary["last_ts"] <= time.time_ns()
    assert summary["last_ts"] - summary["first_ts"] < SECOND
    assert summary["records"] == len(everything(broker.bootstrap, "ticks", 1))


def test_a_live_tick_waits_for_its_moment(embedded_broker: BrokerFactory) -> None:
    """The first tick of this market happens over half a second after its start and is not sent before."""
    broker = embedded_broker({"ticks": 1})
    options = ["--symbols", "1", "--rate", "1", "--ticks", "1", "--seed", "8", "--json"]
    before = time.time_ns()
    summary = told(feed("simulate", *options, "--bootstrap", broker.bootstrap))
    assert before + SECOND // 2 < summary["first_ts"] <= time.time_ns()


def test_raw_messages_arrive_byte_for_byte(embedded_broker: BrokerFactory, tmp_path: Path) -> None:
    """Value, receive time and partition of a capture survive the way through the broker."""
    broker = embedded_broker({"ticks": 8})
    raw = [b'{"stream":"xusdt@trade", "data":{"E":%d,"s":"XUSDT"} }' % i for i in range(50)]
    raw[3] = b'{"lastUpdateId":1,"bids":[]}'
    raw[7] = b"\xff\x00 not text"
    path = tmp_path / "capture"
    path.write_bytes(b"".join(b"%d %s\n" % (START + i * 2_000_000, value) for i, value in enumerate(raw)))
    summary = told(feed("file", str(path), "--json", "--bootstrap", broker.bootstrap))
    arrived = everything(broker.bootstrap, "ticks", 8)
    assert [m.value() for m in arrived] == raw
    assert [m.timestamp()[1] for m in arrived] == [START // 1_000_000 + i * 2 for i in range(50)]
    assert {(m.key(), m.partition()) for m in arrived} == {(b"XUSDT", arrived[0].partition())}
    assert summary["files"][0] == {
        "path": str(path),
        "format": "websocket log",
        "symbol": "XUSDT",
        "ignored": 0,
    }


def test_a_rebased_capture_ends_now(embedded_broker: BrokerFactory, tmp_path: Path) -> None:
    """Stamps and event times are of the present, a second apart as recorded, none ahead of the clock."""
    broker = embedded_broker({"ticks": 1})
    path = tmp_path / "ABCUSDT.csv"
    path.write_text(
        "time,price,qty\n" + "".join(f"{START // 1_000_000 + i * 1_000},1.0,1\n" for i in range(20))
    )
    before = time.time_ns()
    told(feed("file", str(path), "--rebase", "--json", "--bootstrap", broker.bootstrap))
    arrived = everything(broker.bootstrap, "ticks", 1)
    events = [json.loads(m.value())["ts"] for m in arrived]
    assert [m.timestamp()[1] * 1_000_000 for m in arrived] == events
    assert [b - a for a, b in itertools.pairwise(events)] == [SECOND] * 19
    assert before - 2 * SECOND < events[-1] <= time.time_ns()


def test_speed_divides_the_recorded_time(embedded_broker: BrokerFactory, tmp_path: Path) -> None:
    """Ten recorded seconds take a quarter of a second at forty times their pace."""
    broker = embedded_broker({"ticks": 1})
    path = tmp_path / "ABCUSDT.csv"
    path.write_text(
        "time,price,qty\n" + "".join(f"{START // 1_000_000 + i * 1_000},1.0,1\n" for i in range(11))
    )
    summary = told(feed("file", str(path), "--speed", "40", "--json", "--bootstrap", broker.bootstrap))
    assert summary["records"] == 11
    assert 0.25 <= summary["seconds"] < 5


def test_a_record_no_reader_would_take_is_left_out_and_counted(
    embedded_broker: BrokerFactory, tmp_path: Path
) -> None:
    """A message over 1 MB stays outside, one of just 1 MB goes in."""
    broker = embedded_broker({"ticks": 1})
    path = tmp_path / "capture"
    sizes = (1 << 20, (1 << 20) + 1, 10)
    path.write_bytes(b"".join(b"%d %s\n" % (START, b"{".ljust(size, b" ")) for size in sizes))
    summary = told(feed("file", str(path), "--json", "--bootstrap", broker.bootstrap))
    assert (summary["records"], summary["too_large"]) == (2, 1)
    assert [len(m.value()) for m in everything(broker.bootstrap, "ticks", 1)] == [1 << 20, 10]


def test_a_failed_delivery_is_named_and_fails_the_command(embedded_broker: BrokerFactory) -> None:
    """A record the broker refuses for good: exit code 1, with topic, symbol and reason."""
    broker = embedded_broker({"ticks": 1})
    broker.errors("produce", [MSG_SIZE_TOO_LARGE])
    options = ["--ticks", "10", "--symbols", "BTCUSDT", "--speed", "max"]
    result = feed("simulate", *options, "--bootstrap", broker.bootstrap)
    assert result.exit_code == 1
    assert "ticks: the record of BTCUSDT" in result.stderr
    assert "size too large" in result.stderr


def test_passing_troubles_of_the_broker_lose_and_double_nothing(embedded_broker: BrokerFactory) -> None:
    """Refused and timed-out requests are repeated; the topic then holds each record once, in order."""
    broker = embedded_broker({"ticks": 1})
    broker.errors("produce", [7, 0, 6, 7, 0, 7])
    options = ["--ticks", "3000", "--seed", "2", "--symbols", "BTCUSDT", "--speed", "max", "--json"]
    told(feed("simulate", *options, "--bootstrap", broker.bootstrap))
    ids = [json.loads(m.value())["trade_id"] for m in everything(broker.bootstrap, "ticks", 1)]
    assert ids == list(range(1, 3_001))


def test_ctrl_c_delivers_what_was_sent_and_ends_well(embedded_broker: BrokerFactory) -> None:
    """An endless live market stops on SIGINT with exit code 0, and its summary counts what is in the log."""
    broker = embedded_broker({"ticks": 1})
    command = "from flows.commands.feed import app; app()"
    options = ["simulate", "--rate", "200", "--json", "--bootstrap", broker.bootstrap]
    with subprocess.Popen(
        [sys.executable, "-c", command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        wait_for_records(broker.bootstrap, 100)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert (running.returncode, err) == (0, b"")
    summary = json.loads(out)
    assert summary["stopped"]
    assert summary["records"] == len(everything(broker.bootstrap, "ticks", 1)) >= 100


def wait_for_records(bootstrap: str, count: int) -> None:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "waiter", "log_level": 0})
    consumer.assign([TopicPartition("ticks", 0, 0)])
    while count > 0:
        message = consumer.poll(30)
        assert message is not None
        count -= message.error() is None
    consumer.close()


def test_a_missing_topic_says_what_to_do(embedded_broker: BrokerFactory) -> None:
    """Exit code 2, and the next step in the message."""
    broker = embedded_broker({"ticks": 1})
    missing = feed("simulate", "--ticks", "1", "--topic", "tics", "--bootstrap", broker.bootstrap)
    assert (missing.exit_code, "levibot topics create" in missing.stderr) == (2, True)


def test_a_missing_broker_says_what_to_do() -> None:
    """Nobody listens on the address, which is named with the ways to have one."""
    with pytest.raises(BrokerError, match=r"127\.0\.0\.1:1 .*levibot demo"):
        Delivery("127.0.0.1:1", "ticks", find_s=0.5)


def test_a_broker_lost_on_the_way_fails_the_delivery(embedded_broker: BrokerFactory) -> None:
    """Records that cannot be delivered in time are an error at the end, not silence."""
    broker = embedded_broker({"ticks": 1})
    with Delivery(broker.bootstrap, "ticks", give_up_s=1.0) as delivery:
        delivery.send(b"BTCUSDT", b"{}", START)
        delivery.finish()
        broker.down()
        delivery.send(b"ETHUSDT", b"{}", START)
        with pytest.raises(DeliveryError, match="the record of ETHUSDT"):
            delivery.finish()
    assert (delivery.sent, delivery.delivered) == (2, 1)
