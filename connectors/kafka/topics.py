"""The topics of an instance: names, partition counts, settings; and the shards that follow from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from confluent_kafka import KafkaException
from confluent_kafka.admin import ClusterMetadata, NewTopic  # type: ignore[attr-defined]

from connectors.kafka.clients import admin
from connectors.kafka.errors import TopicsError
from connectors.kafka.security import PLAINTEXT, protocol
from connectors.settings import Settings
from models.guard.records import TOPICS as GUARD_TOPICS
from models.judge.records import TOPICS, Shard
from models.paper.account import TOPICS as ACCOUNT_TOPICS
from models.slo.body import SLO

JOURNAL = "journal"
ACCOUNT_JOURNAL = "journal.paper"
ACCOUNT_SHARD = Shard("account", 0, 0)
"""The paper account as the writer of its own topics."""
GUARD_JOURNAL = "journal.guard"
GATEWAY_AUDIT = "audit.gateway"
ANSWER_S = 5.0
_WEEK_MS = 7 * 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Plan:
    """A topic as the product needs it."""

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=dict)


def tick_topics(settings: Settings) -> dict[str, str]:
    """Return the tick topics with the codec of each, in the order of the setting."""
    entries = [entry.strip() for entry in settings.tick_topics.split(",") if entry.strip()]
    parts = [entry.partition("=") for entry in entries]
    return {name: codec or "auto" for name, _, codec in parts}


def output(name: str, settings: Settings) -> str:
    """Return the name of an output or journal topic of this instance."""
    return f"{name}{settings.topic_suffix}"


def plans(settings: Settings, partitions: Mapping[str, int]) -> list[Plan]:
    """Return every topic; ``partitions`` gives the count of each tick topic."""
    shards = sum(partitions.values())
    skew = str(settings.max_skew_ms)
    kept = {"retention.ms": "-1" if settings.recorded_ticks else str(_WEEK_MS)}
    ticks = [
        Plan(name, count, kept | {"message.timestamp.after.max.ms": skew})
        for name, count in partitions.items()
    ]
    broker_time = {"retention.ms": str(_WEEK_MS), "message.timestamp.type": "LogAppendTime"}
    outputs = [Plan(output(name, settings), shards, broker_time) for name in (*TOPICS, SLO)]
    journal = Plan(output(JOURNAL, settings), shards, broker_time | kept)
    return [*ticks, Plan(settings.control_topic, 1, broker_time), journal, *outputs]


def account_output(name: str, settings: Settings) -> str:
    """Return the name of a topic of the paper account."""
    return f"{output(name, settings)}{settings.account_suffix}"


def account_plans(settings: Settings) -> list[Plan]:
    """Return the topics of the paper account, which has one partition of each and keeps everything."""
    kept = {"retention.ms": "-1", "message.timestamp.type": "LogAppendTime"}
    return [Plan(account_output(name, settings), 1, kept) for name in (*ACCOUNT_TOPICS, ACCOUNT_JOURNAL)]


def guard_plans(settings: Settings) -> list[Plan]:
    """Return the topics of the guard, which has one partition of each and keeps everything."""
    kept = {"retention.ms": "-1", "message.timestamp.type": "LogAppendTime"}
    return [Plan(output(name, settings), 1, kept) for name in (*GUARD_TOPICS, GUARD_JOURNAL)]


def gateway_plans(settings: Settings) -> list[Plan]:
    """Return the topic of the API's control gateway, which has one partition and keeps everything."""
    kept = {"retention.ms": "-1", "message.timestamp.type": "LogAppendTime"}
    return [Plan(output(GATEWAY_AUDIT, settings), 1, kept)]


def planned(settings: Settings) -> list[Plan]:
    """Return every topic with the pinned partition count of the settings."""
    partitions = dict.fromkeys(tick_topics(settings), settings.partitions)
    return [*plans(settings, partitions), *_single_plans(settings)]


def _single_plans(settings: Settings) -> list[Plan]:
    return [*account_plans(settings), *guard_plans(settings), *gateway_plans(settings)]


def cluster_id(bootstrap: str) -> str:
    """Return the broker's own name of its cluster; raise ``TopicsError`` if it is away."""
    return _metadata(bootstrap, ANSWER_S).cluster_id or "unknown"


def existing(bootstrap: str, timeout_s: float = ANSWER_S) -> dict[str, int]:
    """Return the partition count of every topic of the broker; raise ``TopicsError`` if it is away."""
    topics = _metadata(bootstrap, timeout_s).topics
    return {name: len(topic.partitions) for name, topic in topics.items()}


def _metadata(bootstrap: str, timeout_s: float) -> ClusterMetadata:
    client = admin(bootstrap)
    try:
        return client.list_topics(timeout=timeout_s)
    except KafkaException as error:
        do = "start one (make kafka) or set KAFKA_BOOTSTRAP"
        if protocol(bootstrap) != PLAINTEXT:
            client.poll(0)  # logs why the broker, or its certificate, was refused
            do += ", and check KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and KAFKA_SSL_CA_LOCATION"
        raise TopicsError(f"no broker answers at {bootstrap}; {do}") from error


def create(settings: Settings) -> list[Plan]:
    """Create the topics that are missing and return them; raise ``TopicsError`` where a count differs."""
    client = admin(settings.kafka_bootstrap)
    have = existing(settings.kafka_bootstrap)
    counts = {name: have.get(name, settings.partitions) for name in tick_topics(settings)}
    wanted = [*plans(settings, counts), *_single_plans(settings)]
    for plan in wanted:
        if have.get(plan.name, plan.partitions) != plan.partitions:
            raise TopicsError(_wrong_count(plan, have[plan.name]))
    missing = [plan for plan in wanted if plan.name not in have]
    new = [NewTopic(plan.name, plan.partitions, 1, config=dict(plan.config)) for plan in missing]
    futures = client.create_topics(new) if new else {}
    for future in futures.values():
        future.result()
    return missing


def shards(settings: Settings) -> list[Shard]:
    """Return the shards in the order of their numbers; raise ``TopicsError`` if a topic is not as planned."""
    have = existing(settings.kafka_bootstrap)
    missing = [name for name in tick_topics(settings) if name not in have]
    if missing:
        raise TopicsError(f"no tick topic {', '.join(missing)}; create it with: levibot topics create")
    counts = {name: have[name] for name in tick_topics(settings)}
    for plan in plans(settings, counts):
        if plan.name not in have:
            raise TopicsError(f"no topic {plan.name}; create it with: levibot topics create")
        if have[plan.name] != plan.partitions:
            raise TopicsError(_wrong_count(plan, have[plan.name]))
    pairs = [(name, partition) for name, count in counts.items() for partition in range(count)]
    return [Shard(name, partition, number) for number, (name, partition) in enumerate(pairs)]


def check_account(settings: Settings) -> None:
    """Raise ``TopicsError`` if a topic of the paper account is missing."""
    _check_single(settings, account_plans(settings), "the account")


def check_guard(settings: Settings) -> None:
    """Raise ``TopicsError`` if a topic of the guard is missing."""
    _check_single(settings, guard_plans(settings), "the guard")


def _check_single(settings: Settings, wanted: Sequence[Plan], whose: str) -> None:
    have = existing(settings.kafka_bootstrap)
    for plan in wanted:
        if plan.name not in have:
            raise TopicsError(f"no topic {plan.name}; create it with: levibot topics create")
        if have[plan.name] != plan.partitions:
            raise TopicsError(f"topic {plan.name} has {have[plan.name]} partitions; {whose} needs one")


def share(every: Sequence[Shard], settings: Settings) -> list[Shard]:
    """Return the shards of this instance; raise ``TopicsError`` where it would have none."""
    if settings.instance >= settings.of:
        raise TopicsError(f"INSTANCE is {settings.instance}, but OF is {settings.of}: they count from 0")
    mine = [shard for shard in every if shard.number % settings.of == settings.instance]
    if not mine:
        raise TopicsError(
            f"instance {settings.instance} of {settings.of} has no shard: there are {len(every)}"
        )
    return mine


def _wrong_count(plan: Plan, found: int) -> str:
    return (
        f"topic {plan.name} has {found} partitions instead of {plan.partitions} (one a shard); if a tick "
        "topic was given more, take them in with: levibot topics grow; else give this instance other output "
        "topics with TOPIC_SUFFIX, or delete the topic if nothing needs it"
    )
