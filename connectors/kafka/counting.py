"""How many records each topic has had so far, by the end offsets of its partitions."""

from __future__ import annotations

from confluent_kafka import TopicPartition

from connectors.kafka.clients import consumer
from connectors.kafka.topics import Plan


class TopicCounts:
    """Asks the broker for end offsets; at most ``timeout_s`` a partition."""

    def __init__(self, bootstrap: str, plans: list[Plan], timeout_s: float = 2.0) -> None:
        self._client = consumer(bootstrap)
        self._plans = plans
        self._timeout_s = timeout_s

    def read(self) -> dict[str, int]:
        """Return the sum of end offsets by topic."""
        return {
            plan.name: sum(self._end(plan.name, p) for p in range(plan.partitions)) for plan in self._plans
        }

    def close(self) -> None:
        """Leave the broker."""
        self._client.close()

    def _end(self, topic: str, partition: int) -> int:
        _, high = self._client.get_watermark_offsets(
            TopicPartition(topic, partition), timeout=self._timeout_s
        )
        return int(high)
