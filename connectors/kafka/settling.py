"""Waiting until a process that died uncleanly can have nothing more under way to the output topics.

Its last requests may be written after its death. Without transactions nothing shuts them out; but they are
on their way already, so ends that stay the same for a while are the ends.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

from connectors.kafka.clients import admin
from connectors.kafka.errors import BrokerError
from connectors.kafka.reading import PASSING

STABLE_S = 0.7
_LOOK_EVERY_S = 0.1
_ANSWER_S = 30.0


def settle(bootstrap: str, topics: Sequence[str], partitions: Sequence[int]) -> None:
    """Return once the ends of these partitions have not moved for 0.7 s.

    Raises ``BrokerError`` where the broker does not tell them.
    """
    client = admin(bootstrap)
    wanted = [TopicPartition(topic, number) for topic in topics for number in partitions]
    seen: list[int] | None = None
    since = begun = time.monotonic()
    while time.monotonic() - since < STABLE_S:
        now = _ends(client, wanted, patient=time.monotonic() - begun < _ANSWER_S)
        if now is None or now != seen:
            seen, since = now, time.monotonic()
        client.poll(_LOOK_EVERY_S)


def _ends(client: AdminClient, wanted: Sequence[TopicPartition], *, patient: bool) -> list[int] | None:
    """Return the ends, None where a leader is still being chosen, as of topics that were just made."""
    latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
    try:
        answers = client.list_offsets(dict.fromkeys(wanted, latest))
        return [int(answers[where].result(_ANSWER_S).offset) for where in wanted]
    except KafkaException as error:
        if patient and error.args[0].code() in PASSING:
            return None
        raise BrokerError(f"the ends of the output topics: {error.args[0].str()}") from error
