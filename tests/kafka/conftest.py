"""One embedded broker for each test file, and topics of their own for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from connectors.embedded import EmbeddedBroker

_NUMBERS = count()


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    """A broker without topics."""
    with EmbeddedBroker({}) as started:
        yield started


@pytest.fixture
def new_topic(broker: EmbeddedBroker) -> Callable[..., str]:
    """Make a topic with a new name, which begins with ``name``: ``new_topic("signals", 2)``."""

    def make(name: str = "topic", partitions: int = 1) -> str:
        topic = f"{name}-{next(_NUMBERS)}"
        broker.create(topic, partitions)
        return topic

    return make
