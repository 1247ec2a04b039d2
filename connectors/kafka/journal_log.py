"""The journal topic: appending to a shard's partition, and opening it with a fence at start.

Delivery: exactly the order of :meth:`JournalLog.append`, acknowledged by all replicas; one process writes a
shard's partition. The producer is the journal's own, so that no output waits in front of it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaError, Message

from connectors.codecs.wire import decode_entry, encode_entry
from connectors.kafka.clients import exact_producer
from connectors.kafka.errors import BrokerError, check
from connectors.kafka.messages import offset_of
from connectors.kafka.reading import PATIENCE_S, ends, read_range
from models.journal.entry import OPEN, Entry
from models.journal.fold import Fold, JournalError
from models.journal.journal import Journal
from models.journal.position import Position
from models.judge.records import Shard

OnOffset = Callable[[int], None]


class JournalLog:
    """The journal's producer of one process, for all of its shards."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self.topic = topic
        self._producer = exact_producer(bootstrap, linger_ms=0)
        self._error: str | None = None

    def append(self, shard: Shard, entry: Entry, on_offset: OnOffset) -> None:
        """Send an entry; ``on_offset`` is called with its offset from inside :meth:`poll`."""

        def delivered(error: KafkaError | None, message: Message) -> None:
            if error is not None:
                self._error = f"journal entry {entry.seq} of {shard.key}: {error.str()}"
            else:
                on_offset(offset_of(message))

        self._producer.produce(
            self.topic, encode_entry(entry), shard.key, partition=shard.number, on_delivery=delivered
        )
        self._producer.poll(0)

    def poll(self) -> None:
        """Take in acknowledgements; raise ``BrokerError`` if one failed: its entry may be in the log."""
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

    def flush(self) -> None:
        """Wait for what is in flight."""
        self._producer.flush(PATIENCE_S)


def open_journal(
    log: JournalLog, client: Consumer, shard: Shard, position: Position, barrier: int
) -> tuple[Journal, bool]:
    """Fence the journal of a shard and fold what is behind the position.

    Return the journal, ready to go on, and whether it has a history (a genesis) at all.
    """
    _, end = ends(client, log.topic, shard.number)
    entries = list(_entries(client, log, shard, position.j, end))
    gen = max([position.g, *(entry.gen for _, entry in entries)]) + 1
    nonce = secrets.token_hex(8)
    fence = log.append_now(shard, Entry(gen, -1, position.t, OPEN, {"nonce": nonce}))
    entries += _entries(client, log, shard, end, fence)
    for _, entry in entries:
        if entry.kind == OPEN and entry.gen >= gen:
            raise JournalError(
                f"another process opened shard {shard.key} at the same moment; stop one of the two"
            )
    fold = Fold(position.g, position.q)
    pending = [(offset, entry) for offset, entry in entries if fold.take(entry)]
    journal = Journal(position, gen, fence, pending=pending, barrier=barrier)
    return journal, bool(pending) or position.q > 0


def _entries(
    client: Consumer, log: JournalLog, shard: Shard, start: int, end: int
) -> list[tuple[int, Entry]]:
    found = []
    for message in read_range(client, log.topic, shard.number, start, end):
        check(message.error(), f"reading {log.topic}")
        found.append((offset_of(message), decode_entry(message.value())))
    return found
