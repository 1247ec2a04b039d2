"""What the tiny world of the crash model is made of: its rules and size, a process, a record, a snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from models.journal.entry import Entry
from models.journal.journal import Journal
from models.journal.position import Position


class BrokenError(AssertionError):
    """A promise of the protocol does not hold."""


@dataclass(frozen=True)
class Rules:
    """The protocol; each rule can be left out."""

    hold: bool = True  # an entry is emitted once it is acknowledged, and nothing meanwhile
    fence: bool = True  # a process opens the journal under a generation of its own
    barrier: bool = True  # no new entry in front of what is published
    emitted_gen: bool = True  # a snapshot holds the generation of the last emitted entry, not one's own


@dataclass(frozen=True)
class Size:
    """How much there is of everything; each of the first processes may send one beat."""

    ticks: int
    commands: int
    beating: int
    crashes: int


class Saved(NamedTuple):
    """A snapshot of source, stage and sink."""

    position: Position
    history: tuple[str, ...]
    ordinal: int


class Record(NamedTuple):
    """A published record: its cause (next tick, next entry) and what it tells."""

    after: int
    seq: int
    text: str


@dataclass
class Process:
    """One life of the shard."""

    number: int
    position: Position
    history: tuple[str, ...]
    ordinal: int
    gen: int = 0
    journal: Journal | None = field(default=None, repr=False)  # once it is open
    sent: list[Entry] = field(default_factory=list)  # to the journal, not yet written there
    written: list[tuple[Entry, int]] = field(default_factory=list)  # not yet acknowledged
    flying: int = 0  # commands proposed, not yet emitted
    emitted: list[Entry] = field(default_factory=list)  # their records are not yet published
    beaten: bool = False


def name_of(entry: Entry) -> str:
    """Return what an entry is: a command by its offset, a beat by its maker."""
    return f"{entry.kind} {entry.payload['of']}"


def record(after: int, seq: int, what: str, history: tuple[str, ...]) -> Record:
    """Return what an input releases behind a history."""
    return Record(after, seq, f"{what}: {', '.join(history)}")
