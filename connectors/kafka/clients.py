"""Clients of the broker with the settings that the product's promises need."""

from __future__ import annotations

import logging

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient

from connectors.kafka.security import security

_LOG = logging.getLogger(__name__)
# the one experimental setting we want is named at every start otherwise
_LOG.addFilter(lambda record: "enable.gapless.guarantee is experimental" not in record.getMessage())


def producer(bootstrap: str, *, linger_ms: int = 20, **extra: str | int | bool) -> Producer:
    """Return an idempotent producer: acks from all replicas, per-key order, no duplicates by retries.

    A key always goes to the partition that Java's default partitioner gives it. The queue is bounded:
    ``produce`` raises ``BufferError`` when it is full. ``extra``: librdkafka settings, underscores for dots.
    """
    config = {
        "bootstrap.servers": bootstrap,
        "client.id": "levibot",
        "enable.idempotence": True,
        "acks": "all",
        "compression.type": "zstd",
        "linger.ms": linger_ms,
        "partitioner": "murmur2",
        "queue.buffering.max.messages": 100_000,
        "queue.buffering.max.kbytes": 65_536,
    }
    return Producer(config | security(bootstrap) | _dotted(extra), logger=_LOG)


def exact_producer(bootstrap: str, *, linger_ms: int, **extra: str) -> Producer:
    """Return a producer that never gives a message up and never leaves a gap.

    It retries for ever (the owner watches the clock) and turns fatal where order would break.
    """
    return producer(
        bootstrap,
        linger_ms=linger_ms,
        enable_gapless_guarantee=True,
        **({"message_timeout_ms": 0} if not extra else {}),
        **extra,
    )


def prompt_producer(bootstrap: str) -> Producer:
    """Return a producer that sends its first message at once, and maybe twice.

    An idempotent one waits half a second for its number first: too long where somebody kills.
    """
    return producer(bootstrap, linger_ms=0, enable_idempotence=False, max_in_flight_requests_per_connection=1)


def consumer(bootstrap: str, *, group: str = "levibot", **extra: str | int | bool) -> Consumer:
    """Return a consumer for explicit assignment; an offset that is gone is an error, never a silent jump."""
    config = {
        "bootstrap.servers": bootstrap,
        "client.id": "levibot",
        "group.id": group,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "error",
        "check.crcs": True,
        "fetch.wait.max.ms": 20,
        "fetch.queue.backoff.ms": 10,
        "queued.max.messages.kbytes": 8_192,
        "allow.auto.create.topics": False,
    }
    return Consumer(config | security(bootstrap) | _dotted(extra), logger=_LOG)


def reader(bootstrap: str) -> Consumer:
    """Return a consumer for bounded reads, which is told of the end of a partition.

    Behind a transaction the last offset is a marker's, so that no record would tell.
    """
    return consumer(bootstrap, enable_partition_eof=True)


def admin(bootstrap: str) -> AdminClient:
    """Return an administrative client."""
    config: dict[str, str | int | float | bool] = {
        "bootstrap.servers": bootstrap,
        "client.id": "levibot-admin",
    }
    return AdminClient({**config, **security(bootstrap)}, logger=_LOG)


def _dotted(settings: dict[str, str | int | bool]) -> dict[str, str | int | bool]:
    return {name.replace("_", "."): value for name, value in settings.items()}
