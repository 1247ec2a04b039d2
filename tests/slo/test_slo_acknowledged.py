"""When the broker had a batch: by the client's own measurement, not by when the flow came to ask for it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, cast

import pytest
from confluent_kafka import KafkaError, Message

from connectors.codecs.wire import Encoded
from connectors.embedded import EmbeddedBroker
from connectors.kafka import sink as module
from connectors.kafka.outlets import Outlets
from connectors.kafka.sink import Batch, Published, ShardSink
from models.desk.desk import Desk
from models.inputs import Cause
from models.judge.records import Emission, Shard
from models.market.ledger import Totals

SHARD = Shard("ticks", 3, 0)
NOW = 1_700_000_000_000_000_000


class Report:
    """A delivery report of a record that was this long under way."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def latency(self) -> float:
        """Return it."""
        return self._seconds


def delivered(batch: Batch[Any], seconds: float, error: KafkaError | None = None) -> None:
    batch.delivered(error, cast(Message, Report(seconds)))


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand still."""
    monkeypatch.setattr(module.time, "time_ns", lambda: NOW)


def test_the_last_report_tells_when_the_broker_had_all() -> None:
    """Those before it were there before."""
    batch: Batch[Any] = Batch([], timed=True)
    batch.missing = 2
    batch.written()
    delivered(batch, 0.250)
    delivered(batch, 0.004)
    assert batch.acknowledged_at == NOW + 4_000_000


def test_reports_that_came_while_writing_add_nothing() -> None:
    """As inside a transaction, which is over when all is written; or where there was nothing to write."""
    batch: Batch[Any] = Batch([], timed=True)
    batch.missing = 1
    delivered(batch, 0.5)
    batch.written()
    assert batch.acknowledged_at == NOW


@pytest.mark.embedded
def test_a_sink_tells_when_the_broker_had_each_batch(
    embedded_broker: Callable[..., EmbeddedBroker],
) -> None:
    """Just before it hands the emissions on, in order."""
    bootstrap = embedded_broker({"signals": 1}).bootstrap
    told: list[tuple[str, int, int]] = []
    sink = ShardSink[Emission](
        SHARD,
        Outlets(bootstrap).open(SHARD),
        {},
        "",
        lambda _, emissions: told.append(("delivered", emissions[0].cause.offset, 0)),
        None,
        lambda _, emissions, at: told.append(("acknowledged", emissions[0].cause.offset, at)),
    )
    numbers = count()
    for offset in (1, 2):
        emission = Emission([], Cause(offset, 1), Desk(), 0, Totals())
        record = Encoded("signals", b"A", b"signal", None, next(numbers))
        items: list[Published] = [(emission, [record])]
        sink.write_batch(cast(list[tuple[Emission, list[Encoded]]], items))
        sink.snapshot()
    sink.close()
    assert [(what, offset) for what, offset, _ in told] == [
        ("acknowledged", 1), ("delivered", 1), ("acknowledged", 2), ("delivered", 2),
    ]  # fmt: skip
    assert all(at > NOW for what, _, at in told if what == "acknowledged")
