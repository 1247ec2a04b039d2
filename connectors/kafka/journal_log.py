"""The journal topic: appending to a shard's partition, and opening it with a fence at start.

Delivery: exactly the order of :meth:`JournalLog.append`, acknowledged by all replicas; one process writes a
shard's partition. The producer is the journal's own, so that no output waits in front of it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import NamedTuple

from confluent_kafka import Consumer, KafkaError, Message

from connectors.codecs.wire import decode_entry, encode_entry
from connectors.failpoints import reach
from connectors.kafka.clients import consumer, exact_producer
from connectors.kafka.errors import BrokerError, refusals_told
from connectors.kafka.messages import offset_of
from connectors.kafka.reading import PATIENCE_S, ends, read_range
from models.journal.entry import OPEN, Entry
from models.journal.fold import JournalError
from models.journal.position import Position
from models.judge.records import Shard

OnOffset = Callable[[int], None]


class JournalLog:
    """The journal's producer of one process, for all of its shards."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self.topic = topic
        self._bootstrap = bootstrap
        self._producer = exact_producer(bootstrap, linger_ms=0)
        self._error: str | None = None

    def append(self, shard: Shard, entry: Entry, on_offset: OnOffset) -> None:
        """Send an entry; ``on_offset`` is called with its offset from inside :meth:`poll`."""

        def delivered(error: KafkaError | None, message: Message) -> None:
            if error is not None:
                self._error = f"journal entry {entry.seq} of {shard.key}: {error.str()}"
            else:
                reach("journal.acknowledged")
                on_offset(offset_of(message))

        with refusals_told("the journal"):
            self._producer.produce(
                self.topic, encode_entry(entry), shard.key, partition=shard.number, on_delivery=delivered
            )
            self._producer.poll(0)

    def poll(self) -> None:
        """Take in acknowledgements; raise ``BrokerError`` if one failed: its entry may be in the log."""
        with refusals_told("the journal"):
            self._producer.poll(0)
        if self._error is not None:
            raise BrokerError(self._error)

    def append_now(self, shard: Shard, entry: Entry) -> int:
        """Send an entry, wait for its acknowledgement and return its offset."""
        offsets: list[int] = []
        self.append(shard, entry, offsets.append)
        deadline = time.monotonic() + PATIENCE_S
        while not offsets:
            self._producer.poll(0.05)
            self.poll()
            if time.monotonic() > deadline:
                raise BrokerError(f"the broker did not acknowledge an entry in {PATIENCE_S:.0f} s")
        return offsets[0]

    def end(self, shard: Shard) -> int:
        """Return the end offset of a shard's journal, as the broker tells it now."""
        with closing(consumer(self._bootstrap)) as client:
            return ends(client, self.topic, shard.number)[1]

    def flush(self) -> None:
        """Wait for what is in flight."""
        self._producer.flush(PATIENCE_S)


class Fenced(NamedTuple):
    """A shard's journal behind a position, read up to this process's own ``open``."""

    gen: int
    offset: int  # of the ``open``
    low: int  # the oldest entry still kept
    entries: list[tuple[int, Entry]]  # with their offsets, not folded


def fence(log: JournalLog, client: Consumer, shard: Shard, position: Position) -> Fenced:
    """Open a generation above all before: what dead processes append from here on is void.

    Raises ``JournalError`` if another process does the same at this moment.
    """
    low, end = ends(client, log.topic, shard.number)
    start = max(position.j, low)
    entries = list(_entries(client, log, shard, start, end))
    gen = max([position.g, *(entry.gen for _, entry in entries)]) + 1
    reach("open.fencing")
    own = log.append_now(shard, Entry(gen, -1, position.t, OPEN, {"nonce": secrets.token_hex(8)}))
    reach("open.fenced")
    entries += _entries(client, log, shard, max(start, end), own)
    if any(entry.kind == OPEN and entry.gen >= gen for _, entry in entries):
        raise JournalError(
            f"another process opened shard {shard.key} at the same moment; stop one of the two"
        )
    return Fenced(gen, own, low, entries)


def _entries(
    client: Consumer, log: JournalLog, shard: Shard, start: int, end: int
) -> Iterator[tuple[int, Entry]]:
    for message in read_range(client, log.topic, shard.number, start, end):
        yield offset_of(message), decode_entry(message.value())
