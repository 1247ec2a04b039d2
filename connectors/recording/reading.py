"""Records of a partition between two offsets that were asked for before, and what they say of their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from connectors.codecs.wire import Place, place
from connectors.kafka.clients import reader
from connectors.kafka.messages import headers_of, offset_of, timestamp_ms
from connectors.kafka.reading import read_range
from connectors.recording.cut import Range
from connectors.recording.errors import RecordingError
from connectors.recording.rows import Output

Told = Callable[[int], None]


def records(bootstrap: str, topic: str, partition: int, kept: Range, told: Told) -> Iterator[Any]:
    """Yield the records of a range; ``told`` hears of each.

    Raises ``RecordingError`` where the last one that was there does not come, and ``BrokerError``.
    """
    # a client of its own: one that has read other topics before was seen to wait a second for a new one
    with closing(reader(bootstrap)) as client:
        last = kept.low - 1
        for message in read_range(client, topic, partition, *kept):
            told(1)
            yield message
            last = offset_of(message)
    if kept.records and last < kept.end - 1:
        raise RecordingError(f"{topic}/{partition}: ends at {last}, but {kept.end - 1} was there just now")


def place_of(message: Any) -> Place:
    """Return where a published record stands; raise ``RecordingError`` where it is none of ours."""
    try:
        return place(message.value(), headers_of(message))
    except (ValueError, KeyError, TypeError) as error:
        raise RecordingError(
            f"{message.topic()}/{message.partition()}: the record at offset {offset_of(message)} is none "
            f"of this product's ({error!r}); something else writes to this topic"
        ) from error


def published(topic: str, partition: int, ordinal: int, message: Any) -> Output:
    """Return a message of an output topic as a row."""
    return Output(
        topic, partition, ordinal, offset_of(message), timestamp_ms(message),
        message.key(), message.value(), tuple(headers_of(message)),
    )  # fmt: skip
