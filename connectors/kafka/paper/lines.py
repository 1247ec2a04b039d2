"""What the shards publish, read into the merge: one consumer a shard, none further ahead than it may.

Delivery: every signal and every progress in the order of its partition, from the merge's own places on.
Unit of parallelism: the account, which reads all shards.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import msgspec
from confluent_kafka import Consumer, Message, TopicPartition

from connectors.codecs.signal import read_progress, read_signal
from connectors.kafka.clients import consumer
from connectors.kafka.errors import BrokerError, check
from connectors.kafka.messages import offset_of
from models.judge.records import Shard
from models.paper.merge import Merge, Start

AHEAD_S = 120
"""Seconds of log time that a shard may be read ahead of the account: what waits stays small."""
CHUNK = 500


class Lines:
    """All shards of an instance, read side by side."""

    def __init__(
        self,
        bootstrap: str,
        shards: Sequence[Shard],
        signals: str,
        progress: str,
        starts: Mapping[str, Start],
    ) -> None:
        self.merge = Merge(starts)
        self._signals = signals
        self._clients = {shard.key: consumer(bootstrap) for shard in shards}
        for shard in shards:
            start = starts[shard.key]
            self._clients[shard.key].assign(
                [
                    TopicPartition(signals, shard.number, start.signals),
                    TopicPartition(progress, shard.number, start.progress),
                ]
            )
        self._heard = dict.fromkeys(self._clients, time.monotonic())

    def read(self, second: int) -> None:
        """Take in what has come of shards not too far ahead; ``second`` is the account's next."""
        for shard, client in self._clients.items():
            if self.merge.wanted(shard, second, AHEAD_S):
                self._from(shard, client)

    def silent_s(self, shard: str) -> float:
        """Return for how long nothing has come of a shard."""
        return time.monotonic() - self._heard[shard]

    def close(self) -> None:
        """Leave the broker."""
        for client in self._clients.values():
            client.close()

    def _from(self, shard: str, client: Consumer) -> None:
        messages = client.consume(CHUNK, 0)
        if messages:
            self._heard[shard] = time.monotonic()
        for message in messages:
            check(message.error(), f"reading what {shard} publishes")
            self._take(shard, message)

    def _take(self, shard: str, message: Message) -> None:
        offset, value = offset_of(message), message.value() or b""
        try:
            if message.topic() == self._signals:
                ordinal, second, quote = read_signal(value)
                self.merge.signal(shard, offset, ordinal, second, quote)
            else:
                progress = read_progress(value)
                self.merge.progress(shard, offset, progress.second, progress.signals)
        except msgspec.ValidationError as error:
            raise BrokerError(
                f"{message.topic()}/{message.partition()} holds a record at {offset} that levibot did not "
                f"write ({error}): give this instance topics of its own with TOPIC_SUFFIX"
            ) from error
