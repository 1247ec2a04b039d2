"""A look at the broker, the topics and the shards' lag, for ``levibot doctor``."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource  # type: ignore[attr-defined]

from connectors.kafka.clients import admin, consumer
from connectors.kafka.topics import Plan, existing, planned
from connectors.settings import Settings

ANSWER_S = 2.0


@dataclass(frozen=True, slots=True)
class TopicFinding:
    """How a topic differs from the plan; ``problem`` is empty where it does not."""

    name: str
    problem: str
    do: str


def topic_findings(settings: Settings) -> list[TopicFinding]:
    """Return one finding a planned topic."""
    client = admin(settings.kafka_bootstrap)
    have, plans = existing(settings.kafka_bootstrap, ANSWER_S), planned(settings)
    configs = _configs(client, [plan.name for plan in plans if plan.name in have])
    return [_finding(plan, have.get(plan.name), configs.get(plan.name, {})) for plan in plans]


def _finding(plan: Plan, partitions: int | None, config: dict[str, str]) -> TopicFinding:
    if partitions is None:
        return TopicFinding(plan.name, "is missing", "levibot topics create")
    if partitions != plan.partitions:
        problem = f"has {partitions} partitions instead of {plan.partitions}"
        return TopicFinding(plan.name, problem, f"set PARTITIONS={partitions}, or another TOPIC_SUFFIX")
    wrong = {k: v for k, v in plan.config.items() if config and config.get(k) != v}
    problem = ", ".join(f"{k}={config.get(k)} instead of {v}" for k, v in wrong.items())
    wanted = " ".join(f"--add-config {k}={v}" for k, v in wrong.items())
    do = f"kafka-configs.sh --alter --topic {plan.name} {wanted}" if wrong else ""
    return TopicFinding(plan.name, problem, do)


def _configs(client: AdminClient, topics: list[str]) -> dict[str, dict[str, str]]:
    """Return the settings of topics; of none where the broker does not tell them (the embedded one)."""
    questions = client.describe_configs(
        [ConfigResource("topic", t) for t in topics], request_timeout=ANSWER_S
    )
    found = {}
    for resource, question in questions.items():
        with suppress(KafkaException):
            found[str(resource.name)] = {n: str(entry.value) for n, entry in question.result().items()}
    return found


def broker_clock_skew_s(settings: Settings, topic: str) -> float | None:
    """Return by how much the newest record of a topic is ahead of this host's clock; None without one."""
    client = consumer(settings.kafka_bootstrap)
    try:
        newest = None
        partitions = client.list_topics(topic, timeout=5.0).topics[topic].partitions
        for partition in partitions:
            low, high = client.get_watermark_offsets(TopicPartition(topic, partition), timeout=5.0)
            if high > low:
                client.assign([TopicPartition(topic, partition, high - 1)])
                for message in client.consume(1, 2.0):
                    newest = max(newest or 0, message.timestamp()[1])
        return None if newest is None else newest / 1e3 - time.time()
    finally:
        client.close()


def tick_ends(settings: Settings, shards: list[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """Return the end offset of each tick partition."""
    client = consumer(settings.kafka_bootstrap)
    try:
        return {
            where: int(client.get_watermark_offsets(TopicPartition(*where), timeout=5.0)[1])
            for where in shards
        }
    finally:
        client.close()
