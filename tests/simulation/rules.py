"""The safeguards of the product; a run can do without any of them, to see that the simulation would tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from confluent_kafka import Consumer

from connectors.codecs.wire import Encoded, decode_entry
from connectors.kafka import opening
from connectors.kafka.control_feed import ControlFeed
from connectors.kafka.inputs import ShardInputs
from connectors.kafka.journal_log import Fenced, JournalLog
from connectors.kafka.messages import offset_of
from connectors.kafka.reading import read_range
from connectors.kafka.sink import Batch, ShardSink
from connectors.recovery.state import pack, unpack
from models.control.commands import Command
from models.journal.entry import OPEN, Entry
from models.journal.journal import Journal
from models.journal.position import Position
from models.judge.records import Shard


@dataclass(frozen=True, slots=True)
class Rules:
    """What protects the output against crashes."""

    hold: bool = True  # an entry is emitted once it is acknowledged, and nothing meanwhile
    fence: bool = True  # a process opens the journal under a generation of its own
    barrier: bool = True  # no new entry in front of what is published
    emitted_gen: bool = True  # a snapshot holds the generation of the last emitted entry, not one's own
    purge: bool = True  # snapshots of epochs that were never completed are deleted before a start
    ordinals: bool = True  # what is published already is suppressed
    flush: bool = True  # a snapshot waits for the outputs before it
    commands_first: bool = True  # commands that are there at start come before the first new tick

    def weaken(self, inputs: ShardInputs) -> ShardInputs:
        """Return the inputs of a shard without the safeguards that are off."""
        if not self.barrier:
            inputs.journal.barrier = 0
        if not self.hold:
            inputs = replace(inputs, journal=Hasty.of(inputs.journal))
        if not self.commands_first:
            inputs = replace(inputs, control=Deaf(inputs.control))
        return inputs

    def weaken_sink(self, sink: ShardSink) -> ShardSink:
        """Return a sink without the safeguards that are off."""
        if not self.ordinals:
            sink.__class__ = Repeating
        elif not self.flush:
            sink.__class__ = Careless
        return sink

    def replaced(self) -> dict[tuple[Any, str], Any]:
        """Return what takes the place of functions of the product."""
        return {} if self.fence else {(opening, "fence"): unfenced}

    def saved(self, source: bytes, journal: Journal) -> bytes:
        """Return the snapshot of a source, without its safeguard where that is off."""
        if self.emitted_gen:
            return source
        state = unpack(source)
        state["position"]["g"] = journal.gen
        return pack(state)


class Hasty(Journal):
    """Takes an entry for acknowledged as soon as it is sent."""

    @classmethod
    def of(cls, journal: Journal) -> Hasty:
        """Return a journal in the same state."""
        hasty = cls.__new__(cls)
        vars(hasty).update(vars(journal))
        return hasty

    def propose(self, kind: str, *more: Any) -> Entry:
        """Return a new entry; it may be emitted at once."""
        entry = super().propose(kind, *more)
        super().acknowledge(entry.seq, self._next_offset)
        return entry

    def acknowledge(self, seq: int, offset: int) -> None:
        """Learn what was taken for granted."""


class Deaf(ControlFeed):
    """Hears of no command for its first reads."""

    READS = 6

    def __init__(self, feed: ControlFeed) -> None:
        vars(self).update(vars(feed))
        self._deaf_for = self.READS

    def poll(self) -> None:
        """Take in what has arrived."""
        super().poll()
        self._deaf_for -= 1

    def since(self, offset: int) -> list[tuple[int, int, Command]]:
        """Return nothing at first."""
        return super().since(offset) if self._deaf_for < 0 else []


class Repeating(ShardSink):
    """Publishes whatever comes."""

    def _write(self, record: Encoded, batch: Batch) -> None:
        self._produce(record, batch)
        batch.missing += 1


class Careless(ShardSink):
    """Lets a snapshot be taken of what is not yet published."""

    def snapshot(self) -> None:
        """Wait for nothing."""


def unfenced(log: JournalLog, client: Consumer, shard: Shard, position: Position) -> Fenced:
    """Open the journal as everyone before did, so that nobody is shut out."""
    own = log.append_now(shard, Entry(0, -1, position.t, OPEN, {}))
    messages = read_range(client, log.topic, shard.number, position.j, own)
    return Fenced(0, own, 0, [(offset_of(message), decode_entry(message.value())) for message in messages])
