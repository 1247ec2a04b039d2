"""The broker of a run: a real Apache Kafka where there is one, else the embedded one."""

from __future__ import annotations

from typing import Literal, Protocol

from connectors.embedded import EmbeddedBroker, EmbeddedError, RealKafka
from connectors.embedded.kafka_jars import KAFKA, install
from connectors.kafka.topics import create, planned
from connectors.settings import Settings

Choice = Literal["auto", "real", "embedded"]
JARS_S = 120.0


class Broker(Protocol):
    """Whatever serves topics."""

    name: str
    partitions: int
    """Of the tick topics, hence the number of shards."""
    most_ticks: int
    """No topic may have more."""

    @property
    def bootstrap(self) -> str:
        """Return the address."""

    def create(self, settings: Settings) -> None:
        """Create the topics of an instance that are missing."""

    def close(self) -> None:
        """End it."""


class Real:
    """One node of Apache Kafka; its output and control records bear the broker's own clock."""

    name = f"Apache Kafka {KAFKA}, one node"
    partitions = 4
    most_ticks = 1 << 30

    def __init__(self) -> None:
        self._node = RealKafka(jars=install(timeout_s=JARS_S))
        self.bootstrap = self._node.bootstrap

    def create(self, settings: Settings) -> None:
        """Create the topics of an instance that are missing."""
        create(settings)

    def close(self) -> None:
        """End it."""
        self._node.close()


class Embedded:
    """librdkafka's mock; its records bear the clock of their producer."""

    name = "embedded broker (librdkafka's mock)"
    partitions = 16  # 5 MiB each
    most_ticks = 2_000_000

    def __init__(self) -> None:
        self._broker = EmbeddedBroker({})
        self._made: set[str] = set()
        self.bootstrap = self._broker.bootstrap

    def create(self, settings: Settings) -> None:
        """Create the topics of an instance that are missing."""
        for plan in planned(settings):
            if plan.name not in self._made:
                self._broker.create(plan.name, plan.partitions)
                self._made.add(plan.name)

    def close(self) -> None:
        """End it."""
        self._broker.stop()


def open_broker(choice: Choice) -> tuple[Broker, str]:
    """Start a broker; return it and why it is not a real Kafka, if ``auto`` found none."""
    if choice == "embedded":
        return Embedded(), ""
    try:
        return Real(), ""
    except EmbeddedError as error:
        if choice == "real":
            raise
        return Embedded(), str(error)
