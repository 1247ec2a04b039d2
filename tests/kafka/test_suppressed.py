"""What is suppressed is compared with what was published, to the last byte."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from connectors.codecs.wire import Encoded
from connectors.embedded import EmbeddedBroker
from connectors.kafka.clients import producer
from connectors.kafka.errors import BrokerError
from connectors.kafka.suppressed import Comparison
from models.judge.records import Shard

pytestmark = pytest.mark.embedded

SHARD = Shard("ticks", 3, 1)


def signal(ordinal: int, price: float = 1.5, key: bytes = b"A") -> Encoded:
    """Return a record of the signals topic."""
    body = {"price": price, "caused_by": {"offset": 9, "seq": 2}, "ordinal": ordinal}
    return Encoded("signals", key, orjson.dumps(body), None, ordinal)


@pytest.fixture
def compare(broker: EmbeddedBroker, new_topic: Callable[..., str]) -> Comparison:
    """A comparison with a log on which the records 0 to 5 stand."""
    topic = new_topic("signals", 2)
    sender = producer(broker.bootstrap, linger_ms=0, enable_idempotence=False)
    for ordinal in range(6):
        sender.produce(topic, signal(ordinal).value, b"A", partition=SHARD.number)
    sender.flush()
    return Comparison(broker.bootstrap, topic.removeprefix("signals"))


def test_the_same_bytes_pass(compare: Comparison) -> None:
    """Under the same ordinal."""
    compare(SHARD, signal(4))
    compare(SHARD, signal(5))


@pytest.mark.parametrize("other", [signal(5, price=1.6), signal(5, key=b"B")], ids=["value", "key"])
def test_other_bytes_end_the_process(compare: Comparison, other: Encoded) -> None:
    """Both are shown; going on would give readers another history than the one they have."""
    with pytest.raises(BrokerError) as refused:
        compare(SHARD, other)
    assert str(refused.value) == (
        f"shard ticks/0003: record 5 of signals was published as {signal(5).value!r}, "
        f"and is now {other.value!r}"
    )


def test_what_is_not_in_the_log_cannot_be_compared(compare: Comparison) -> None:
    """That it is gone, or not there yet, is no contradiction."""
    compare(SHARD, signal(6, price=7.0))


def test_headers_tell_the_ordinal_of_original_bytes(
    broker: EmbeddedBroker, new_topic: Callable[..., str]
) -> None:
    """A rejected record is published as it came, so that its place stands beside it."""
    topic = new_topic("dlq", 2)
    headers: list[tuple[str, str | bytes | None]] = [
        ("ordinal", "0"),
        ("cause_offset", "9"),
        ("cause_seq", "2"),
    ]
    sender = producer(broker.bootstrap, linger_ms=0, enable_idempotence=False)
    sender.produce(topic, b"no JSON", b"A", partition=SHARD.number, headers=headers)
    sender.flush()
    compare = Comparison(broker.bootstrap, topic.removeprefix("dlq"))
    compare(SHARD, Encoded("dlq", b"A", b"no JSON", headers, 0))
    with pytest.raises(BrokerError, match=r"record 0 of dlq was published as b'no JSON', and is now b'JSON'"):
        compare(SHARD, Encoded("dlq", b"A", b"JSON", headers, 0))
