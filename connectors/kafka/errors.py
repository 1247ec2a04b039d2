"""Errors of the broker side; each message says what to do."""

from __future__ import annotations

from confluent_kafka import KafkaError


class BrokerError(RuntimeError):
    """The broker did not do what it must; the process ends and is started again."""


class TopicsError(RuntimeError):
    """Topics are missing or of the wrong shape; ``levibot topics create`` or the message tells the way."""


def check(error: KafkaError | None, doing: str) -> None:
    """Raise ``BrokerError`` if a client reported an error."""
    if error is not None:
        raise BrokerError(f"{doing}: {error.name()}: {error.str()}")
