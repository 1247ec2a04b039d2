"""The one ordered input of a shard, from Kafka: ticks, control commands and clock beats, journalled first.

Delivery: every tick record exactly once in offset order from the shard's position; every command and beat
only after it is acknowledged on the journal. Unit of parallelism: the shard, one partition of a tick topic.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition

from connectors.failpoints import reach
from connectors.kafka.entries import as_input
from connectors.kafka.errors import BrokerError
from connectors.kafka.fetching import Fetched
from connectors.kafka.inputs import ShardInputs
from connectors.kafka.pace import Pace
from connectors.kafka.waking import Waking
from connectors.recovery.state import pack
from models.inputs import Beat, Genesis, Input, TickBatch
from models.journal.entry import BEAT, COMMAND, GENESIS, NO_CONTROL, Entry
from models.judge.records import Shard

Item = tuple[str, tuple[Shard, Input]]

IN_FLIGHT = timedelta(milliseconds=1)
QUIET = timedelta(milliseconds=5)
ACK_WITHIN_S = 10.0


class ShardPartition(StatefulSourcePartition[Item, bytes]):
    """Merges the inputs of one shard. Whatever is not a tick is held until the journal has it."""

    def __init__(self, inputs: ShardInputs, stopping: Callable[[], bool], alive: Callable[[], None]) -> None:
        self._in = inputs
        self._genesis = inputs.genesis
        self._stopping = stopping
        self._alive = alive
        self._fetched = Fetched(inputs.ticks, inputs.shard.key)
        self._pace = Pace()
        self._waking = Waking(inputs.journal, inputs.log, inputs.shard)
        self._log_ts = inputs.log_ts
        self._proposed_at = 0.0
        self._awake = datetime.now(UTC)
        if self._log_ts:
            inputs.silence.broken(time.monotonic())

    def next_batch(self) -> list[Item]:
        """Return what may be emitted now, in order; nothing while an entry is in flight."""
        self._alive()
        items = self._next()
        journal = self._in.journal
        wait = timedelta(0) if items else IN_FLIGHT if journal.holding else QUIET
        self._awake = datetime.now(UTC) + wait
        return [(self._in.shard.key, (self._in.shard, item)) for item in items]

    def next_awake(self) -> datetime | None:
        """Return when to be asked again: at once after ticks, soon while an entry is in flight."""
        return self._awake

    def snapshot(self) -> bytes:
        """Return cursors, log time and desk of what was emitted."""
        reach("snapshot.source")
        position, desk = self._in.journal.position.snapshot(), self._in.models.desk
        return pack({"position": position, "log_ts": self._log_ts, "desk": desk.as_dict() if desk else None})

    def close(self) -> None:
        """Leave the broker."""
        self._in.ticks.close()

    def _next(self) -> list[Input]:
        journal = self._in.journal
        self._in.log.poll()
        if journal.holding:
            return self._acknowledged()
        if self._stopping():
            raise StopIteration
        self._waking.check()
        due = journal.reinjected()
        if due:
            return [self._input(entry) for entry in due]
        if journal.live and self._propose():
            return []
        return self._ticks(journal.limit()) or self._beat()

    def _acknowledged(self) -> list[Input]:
        entries = self._in.journal.emitted()
        if not entries and time.monotonic() - self._proposed_at > ACK_WITHIN_S:
            raise BrokerError(
                f"shard {self._in.shard.key}: the journal did not acknowledge for {ACK_WITHIN_S:.0f} s"
            )
        if entries:
            reach("journal.emitting")
        return [self._input(entry) for entry in entries]

    def _propose(self) -> bool:
        """Journal the genesis, or else news of models and commands that have come; return whether any had."""
        if self._genesis is not None:
            self._append(GENESIS, self._genesis, self._in.journal.position.c - 1)
            self._genesis = None
            return True
        found = self._in.models.news()
        for news in found:
            self._append(news.kind, news.as_dict())
        self._in.control.poll()
        commands = self._in.control.since(self._in.journal.position.c)
        for offset, ts, command in commands:
            self._append(COMMAND, {"command": command.as_dict(), "ts": ts}, offset)
        return bool(found or commands)

    def _append(self, kind: str, payload: dict[str, Any], ctl_offset: int = NO_CONTROL) -> None:
        journal = self._in.journal
        entry = journal.propose(kind, payload, ctl_offset)
        self._in.log.append(self._in.shard, entry, lambda offset: journal.acknowledge(entry.seq, offset))
        self._proposed_at = time.monotonic()
        reach("journal.sent")

    def _ticks(self, limit: int | None) -> list[Input]:
        """Return the next ticks as a batch, none beyond ``limit``."""
        records = self._fetched.take(self._pace.next_size(), limit)
        self._pace.took(len(records.values))
        if not records.values:
            return []
        position = self._in.journal.position
        offsets = np.array(records.offsets)
        if offsets[0] < position.t:
            raise BrokerError(f"shard {self._in.shard.key}: tick {offsets[0]} came at position {position.t}")
        position.t = int(offsets[-1]) + 1
        log_ts = np.array(records.ms) * 1_000_000
        self._log_ts = max(self._log_ts, int(log_ts.max()))
        self._in.silence.broken(time.monotonic())
        decoded = self._in.decoder.decode(records.values)
        return [TickBatch(offsets, log_ts, records.values, decoded, position.q)]

    def _beat(self) -> list[Input]:
        journal = self._in.journal
        if journal.live and not self._fetched and self._log_ts:
            passed = self._in.silence.beat(journal.position.t, time.monotonic())
            if passed is not None:
                self._append(BEAT, {"ts": self._log_ts + int(passed * 1e9)})
        return []

    def _input(self, entry: Entry) -> Input:
        one = as_input(entry)
        if isinstance(one, Beat):
            self._log_ts = max(self._log_ts, one.ts)
        elif isinstance(one, Genesis):
            self._log_ts = 0
        self._in.models.passed(one)
        return one


class ShardSource(FixedPartitionedSource[Item, bytes]):
    """All shards of this instance; ``opener`` connects one of them at its saved or first position.

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

    def list_parts(self) -> list[str]:
        """Return the keys of the shards."""
        return list(self._shards)

    def build_part(self, step_id: str, for_part: str, resume_state: bytes | None) -> ShardPartition:
        """Open one shard."""
        inputs = self._opener(self._shards[for_part], resume_state)
        return ShardPartition(inputs, self._stopping, self._alive)
