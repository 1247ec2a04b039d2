"""What the guard knows of the ends of the logs that it reads."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from one_shard import until
from paper.shards import publish

from connectors.codecs.guard import Reading
from connectors.embedded import EmbeddedBroker
from connectors.kafka.guard.logs import Logs, Source
from models.guard.inputs import PROGRESS, SIGNALS
from tests.flows.running import Stage

pytestmark = pytest.mark.embedded

SOURCES = [Source(topic, topic, partition) for topic in (SIGNALS, PROGRESS) for partition in (0, 1)]
STARTS = {source.key: 0 for source in SOURCES}


def test_a_shard_is_read_once_nothing_of_its_progress_is_left(
    embedded_broker: Callable[..., EmbeddedBroker],
) -> None:
    """Before the broker has said so nothing is known; a shard that never said anything is read too."""
    broker = embedded_broker({SIGNALS: 2, PROGRESS: 2})
    stage = Stage(broker.bootstrap, "redis://nowhere", topic_suffix="")
    publish(stage, ((PROGRESS, 1, {"second": second}) for second in range(300)))
    with closing(Logs(broker.bootstrap, SOURCES, STARTS, Reading(None))) as logs:
        assert logs.read() == []

        def polled() -> bool:
            logs.poll()
            assert (1 in logs.read()) <= (logs.waiting == 300)
            return logs.read() == [0, 1]

        until(polled)
        assert logs.ends() == {f"{PROGRESS}/1": 300}
