"""Where kills are tried: a broker, a Redis, topics of its own, and a model that always says BUY."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from connectors.embedded import EmbeddedRedis, RealKafka
from connectors.kafka.clients import admin
from connectors.kafka.topics import create
from connectors.settings import Settings
from flows.chaos.arena import MODEL, PARTITIONS, Place


@dataclass(frozen=True, slots=True)
class Ground(Place):
    """The place; ``node`` is the Kafka that was started for it, None where another one is used."""

    node: RealKafka | None
    redis: EmbeddedRedis


@contextmanager
def ground(scratch: Path, bootstrap: str = "") -> Iterator[Ground]:
    """Start what is needed, make the topics, and end everything afterwards.

    On another's broker the topics get names of their own, and are deleted afterwards.
    """
    suffix = f"-kill-{secrets.token_hex(3)}" if bootstrap else ""
    values = {
        "admin_secret": secrets.token_hex(16),
        "partitions": str(PARTITIONS),
        "model": MODEL,
        "start": "earliest",
        "recorded_ticks": "true",
        "tick_topics": f"ticks{suffix}",
        "control_topic": f"control{suffix}",
        "topic_suffix": suffix,
        "log_format": "json",
    }
    with ExitStack() as stack:
        redis = stack.enter_context(EmbeddedRedis())
        node = None if bootstrap else stack.enter_context(RealKafka(scratch / "kafka"))
        values |= {"kafka_bootstrap": node.bootstrap if node else bootstrap, "redis_url": redis.url}
        made = create(Settings(_env_file=None, **values))  # type: ignore[call-arg, arg-type]
        if bootstrap:
            stack.callback(_delete, bootstrap, [plan.name for plan in made])
        yield Ground(values, scratch, node, redis)


def _delete(bootstrap: str, topics: list[str]) -> None:
    client = admin(bootstrap)
    for future in client.delete_topics(topics).values():
        future.result()
