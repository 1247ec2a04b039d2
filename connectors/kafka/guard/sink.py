"""The guard's outputs: its topics exactly once by ordinals, its commands at least once by their numbers."""

from __future__ import annotations

from collections.abc import Callable

from bytewax.outputs import FixedPartitionedSink, StatefulSinkPartition

from connectors.codecs.wire import Encoded
from connectors.kafka.guard.orders import Orders
from connectors.kafka.sink import ShardSink
from models.guard.records import GUARD, Guarded

Item = tuple[Guarded, list[Encoded]]


class GuardSink(StatefulSinkPartition[Item, None]):
    """Publishes records and sends commands; nothing is durable before both are in their logs."""

    def __init__(self, outputs: ShardSink[Guarded], orders: Orders) -> None:
        self._outputs = outputs
        self._orders = orders

    def write_batch(self, items: list[Item]) -> None:
        """Send commands first: what they do must not wait for what is told of them."""
        for guarded, _ in items:
            for command in guarded.orders:
                self._orders.send(command)
        self._outputs.write_batch(items)
        self._orders.poll()

    def snapshot(self) -> None:
        """Wait until everything is in the log."""
        self._orders.flush()
        self._outputs.snapshot()

    def close(self) -> None:
        """Wait for the reports that are due."""
        self._outputs.close()


class GuardSinks(FixedPartitionedSink[Item, None]):
    """The sink of the one guard, built when its outputs are known."""

    def __init__(self, build: Callable[[], GuardSink]) -> None:
        self._build = build

    def list_parts(self) -> list[str]:
        """Return the key of the guard."""
        return [GUARD.key]

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> GuardSink:
        """Take over the guard's output partitions."""
        return self._build()
