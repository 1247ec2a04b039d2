"""Waiting until a process that died uncleanly can have nothing more under way to the output topics.

Its last requests may be written after its death. Without transactions nothing shuts them out; but they are
on their way already, so ends that stay the same for a while are the ends.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from confluent_kafka import TopicPartition
from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined]

from connectors.kafka.clients import admin

STABLE_S = 0.7
_LOOK_EVERY_S = 0.1
_ANSWER_S = 30.0


def settle(bootstrap: str, topics: Sequence[str], partitions: Sequence[int]) -> None:
    """Return once the ends of these partitions have not moved for 0.7 s."""
    client = admin(bootstrap)
    latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
    wanted = {TopicPartition(topic, number): latest for topic in topics for number in partitions}
    seen: list[int] = []
    since = time.monotonic()
    while time.monotonic() - since < STABLE_S:
        answers = client.list_offsets(wanted)
        now = [int(answers[where].result(_ANSWER_S).offset) for where in wanted]
        if now != seen:
            seen, since = now, time.monotonic()
        client.poll(_LOOK_EVERY_S)
