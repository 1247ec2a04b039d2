"""The producer of slo records: on their partition with a broker, counted as lost without one."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest
from kafka.partitions import records
from one_shard import until
from slo.bodies import body

from connectors.embedded import EmbeddedBroker
from connectors.kafka import slo as module
from connectors.kafka.slo import SloLog

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

NOWHERE = "127.0.0.1:1"


def test_records_stand_on_the_partition_of_their_shard(
    embedded_broker: Callable[..., EmbeddedBroker],
) -> None:
    """Under the key of their source, as they were told."""
    broker = embedded_broker({"slo": 2})
    log = SloLog(broker.bootstrap, "slo")
    log.send(1, body(3, "ticks/0001", counts={"rows": 5}))
    log.close()
    [found] = records(broker.bootstrap, "slo", 1)
    assert found.key() == b"ticks/0001"
    assert orjson.loads(found.value() or b"") == body(3, "ticks/0001", counts={"rows": 5})
    assert log.lost == 0


def test_without_a_broker_nothing_waits_and_everything_lost_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What no longer fits is lost at once, the rest when it is given up."""
    monkeypatch.setattr(module, "GIVE_UP_MS", 200)
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    monkeypatch.setattr(module, "_LEAVE_S", 0.01)
    log = SloLog(NOWHERE, "slo")
    for second in range(5):
        log.send(0, body(second))
    assert log.lost == 2

    def given_up() -> bool:
        log.close()
        return log.lost == 5

    until(given_up)
