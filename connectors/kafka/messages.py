"""What a consumed message tells, with its type made sure of."""

from __future__ import annotations

from confluent_kafka import Message


def offset_of(message: Message) -> int:
    """Return the offset of a delivered message."""
    offset = message.offset()
    assert offset is not None
    return offset


def partition_of(message: Message) -> int:
    """Return the partition of a delivered message."""
    partition = message.partition()
    assert partition is not None
    return partition


def headers_of(message: Message) -> list[tuple[str, bytes]]:
    """Return the headers, in order; our own records give each as a list of byte strings."""
    headers = message.headers() or []
    pairs = headers.items() if isinstance(headers, dict) else headers
    return [(name, v if isinstance(v, bytes) else (v or "").encode()) for name, v in pairs]


def timestamp_ms(message: Message) -> int:
    """Return the record timestamp in ms since the epoch, below 1 where there is none."""
    return int(message.timestamp()[1])
