"""The one ordered input of a shard, from Kafka: ticks, control commands and clock beats, journalled first.

Delivery: every tick record exactly once in offset order from the shard's position; every command and beat
only after it is acknowledged on the journal. Unit of parallelism: the shard, one partition of a tick topic.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from bytewax.inputs import FixedPartitionedSource

from connectors.failpoints import reach
from connectors.kafka.entries import as_input
from connectors.kafka.errors import BrokerError
from connectors.kafka.fetching import Fetched
from connectors.kafka.inputs import ShardInputs
from connectors.kafka.journalled import JournalledPartition
from connectors.kafka.pace import Pace
from connectors.kafka.turns import Turns
from connectors.recovery.state import pack
from models.inputs import Beat, Genesis, Input, TickBatch
from models.journal.entry import BEAT, Entry
from models.judge.records import Shard

Item = tuple[str, tuple[Shard, Input]]


class ShardPartition(JournalledPartition[Input]):
    """Merges the inputs of one shard. Whatever is not a tick is held until the journal has it."""

    def __init__(
        self,
        inputs: ShardInputs,
        stopping: Callable[[], bool],
        alive: Callable[[], None],
        turns: Turns | None = None,
    ) -> None:
        super().__init__(
            inputs.shard, inputs.journal, inputs.log, inputs.control, inputs.genesis, stopping, alive
        )
        self._in = inputs
        self._fetched = Fetched(inputs.ticks, inputs.shard.key)
        self._pace = Pace()
        self._turns = turns or Turns()
        self._log_ts = inputs.log_ts
        if self._log_ts:
            inputs.silence.broken(time.monotonic())

    def snapshot(self) -> bytes:
        """Return cursors, log time and desk of what was emitted."""
        reach("snapshot.source")
        position, desk = self._journal.position.snapshot(), self._in.models.desk
        return pack({"position": position, "log_ts": self._log_ts, "desk": desk.as_dict() if desk else None})

    def close(self) -> None:
        """Leave the broker."""
        self._in.ticks.close()

    def _news(self) -> bool:
        found = self._in.models.news()
        for news in found:
            self._append(news.kind, news.as_dict())
        return bool(found)

    def _read(self, limit: int | None) -> list[Input]:
        self._pace.asked()
        self.waits = not self._turns.may_read(self._shard.key)
        return [] if self.waits else self._ticks(limit) or self._beat()

    def _ticks(self, limit: int | None) -> list[Input]:
        """Return the next ticks as a batch, none beyond ``limit``."""
        records = self._fetched.take(self._pace.next_size(), limit)
        self._pace.took(len(records.values))
        self._turns.has_read(self._shard.key, something=bool(records.values))
        if not records.values:
            return []
        position = self._journal.position
        offsets = np.array(records.offsets)
        if offsets[0] < position.t:
            raise BrokerError(f"shard {self._shard.key}: tick {offsets[0]} came at position {position.t}")
        position.t = int(offsets[-1]) + 1
        log_ts = np.array(records.ms) * 1_000_000
        self._log_ts = max(self._log_ts, int(log_ts.max()))
        self._in.silence.broken(time.monotonic())
        decoded = self._in.decoder.decode(records.values)
        return [TickBatch(offsets, log_ts, records.values, decoded, position.q)]

    def _beat(self) -> list[Input]:
        journal = self._journal
        if journal.live and not self._fetched and self._log_ts:
            passed = self._in.silence.beat(journal.position.t, time.monotonic())
            if passed is not None:
                self._append(BEAT, {"ts": self._log_ts + int(passed * 1e9)})
        return []

    def _taken_in(self, entry: Entry) -> Input:
        one = as_input(entry)
        if isinstance(one, Beat):
            self._log_ts = max(self._log_ts, one.ts)
        elif isinstance(one, Genesis):
            self._log_ts = 0
        self._in.models.passed(one)
        return one


class ShardSource(FixedPartitionedSource[Item, bytes]):
    """All shards of this instance, which share their turns; ``opener`` connects one of them at its saved or
    first position.

    ``alive`` is called whenever the engine asks for input.
    """

    def __init__(
        self,
        shards: list[Shard],
        opener: Callable[[Shard, bytes | None], ShardInputs],
        stopping: Callable[[], bool],
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self._shards = {shard.key: shard for shard in shards}
        self._opener = opener
        self._stopping = stopping
        self._alive = alive
        self._turns = Turns()

    def list_parts(self) -> list[str]:
        """Return the keys of the shards."""
        return list(self._shards)

    def build_part(self, step_id: str, for_part: str, resume_state: bytes | None) -> ShardPartition:
        """Open one shard."""
        inputs = self._opener(self._shards[for_part], resume_state)
        return ShardPartition(inputs, self._stopping, self._alive, self._turns)
