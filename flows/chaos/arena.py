"""Where the product is broken: a broker and a Redis of its own, topics of its own, a scratch folder."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from connectors.embedded import EmbeddedBroker, EmbeddedRedis, RealKafka
from connectors.kafka.topics import create, planned
from connectors.settings import Settings, environment

MODEL = "constant-0.99"
"""Always says BUY, so that a signal that should have been held shows."""
PARTITIONS = 4


@dataclass(frozen=True, slots=True)
class Place:
    """The settings that every process in it gets, and where they may write."""

    values: dict[str, str]
    scratch: Path

    @property
    def settings(self) -> Settings:
        """Return the settings, none of which comes from the environment of this process."""
        return Settings(_env_file=None, **self.values)  # type: ignore[call-arg, arg-type]

    def env(self, **more: str) -> dict[str, str]:
        """Return the environment of a process in here."""
        known = {name.upper() for name in Settings.model_fields}
        foreign = {name: value for name, value in environment().items() if name.upper() not in known}
        short = {"RUST_BACKTRACE": "0"}  # the engine's stacks would push our own messages out of sight
        return foreign | short | {name.upper(): value for name, value in (self.values | more).items()}


@dataclass(frozen=True, slots=True)
class Arena(Place):
    """A place with services that can be broken."""

    broker: EmbeddedBroker | RealKafka
    redis: EmbeddedRedis


@contextmanager
def arena(scratch: Path, *, embedded: bool, instances: int, transactions: bool) -> Iterator[Arena]:
    """Start broker and Redis, make the topics, and end everything afterwards."""
    values = {
        "admin_secret": secrets.token_hex(16),
        "partitions": str(PARTITIONS),
        "model": MODEL,
        "of": str(instances),
        "output_transactions": str(transactions).lower(),
        "compare_suppressed": "true",
        "paper_behind_after_s": "2",  # so that kills of a shard's flow leave it behind
        "log_format": "json",
    }
    with ExitStack() as stack:
        redis = stack.enter_context(EmbeddedRedis())
        broker: EmbeddedBroker | RealKafka
        if embedded:
            topics = {plan.name: plan.partitions for plan in planned(_settings(values))}
            broker = stack.enter_context(EmbeddedBroker(topics))
        else:
            broker = stack.enter_context(RealKafka(scratch / "kafka"))
        values |= {"kafka_bootstrap": broker.bootstrap, "redis_url": redis.url}
        if not embedded:
            create(_settings(values))
        yield Arena(values, scratch, broker, redis)


def _settings(values: dict[str, str]) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[call-arg, arg-type]
