"""Errors of the broker side; each message says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from confluent_kafka import KafkaError, KafkaException


class BrokerError(RuntimeError):
    """The broker did not do what it must; the process ends and is started again."""


class TopicsError(RuntimeError):
    """Topics are missing or of the wrong shape; ``levibot topics create`` or the message tells the way."""


def check(error: KafkaError | None, doing: str) -> None:
    """Raise ``BrokerError`` if a client reported an error."""
    if error is not None:
        raise BrokerError(f"{doing}: {error.name()}: {error.str()}")


@contextmanager
def refusals_told(what: str) -> Iterator[None]:
    """Raise ``BrokerError`` where a producer gives up for good.

    A producer that leaves no gaps turns fatal at any permanent refusal. A report that comes in the same call
    makes the client raise ``SystemError`` instead.
    """
    try:
        yield
    except KafkaException as error:
        raise BrokerError(f"the broker takes {what} no more ({error.args[0].str()}): start again") from error
    except SystemError as error:
        raise BrokerError(f"the broker takes {what} no more ({error.__cause__}): start again") from error
