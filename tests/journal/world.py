"""A shard, its broker and all that can happen to them, as small as the journal's protocol allows.

The shard publishes a record for each tick and each entry; it tells everything taken in before, so that two
histories which differ anywhere show different bytes. One process lives at a time: what a dead one had sent
to the journal may still arrive, late or never. Not in this world: two living processes, and a broker that
forgets.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from typing import Any

from journal.parts import BrokenError, Process, Record, Rules, Saved, Size, name_of, record
from models.journal.entry import BEAT, COMMAND, NO_CONTROL, OPEN, Entry
from models.journal.fold import Fold, JournalError
from models.journal.journal import Journal
from models.journal.position import Position


class World:
    """The state of everything; :meth:`moves` names what may happen next, methods make it happen."""

    def __init__(self, rules: Rules, size: Size) -> None:
        self.rules, self.size = rules, size
        self.log: list[Entry] = []
        self.published: list[Record] = []
        self.saved = Saved(Position(), (), 0)
        self.late: list[tuple[int, Entry]] = []  # sent by dead processes, with their numbers
        self.starts = self.crashes = 0
        self.process: Process | None = None

    def twin(self) -> World:
        """Return an independent copy."""
        twin = _twin(self)
        if twin.process:
            twin.process = _twin(twin.process)
            if twin.process.journal:
                twin.process.journal = _twin(twin.process.journal)
                twin.process.journal.position = twin.process.position
        return twin

    def key(self) -> str:
        """Return a text that is equal for equal worlds."""
        journal = self.process and self.process.journal
        return repr((vars(self), journal and vars(journal)))

    def moves(self) -> Iterator[tuple[str, ...]]:
        """Yield the name of everything that may happen now, with its arguments."""
        for number in sorted({number for number, _ in self.late}):
            yield "arrive_late", number
        p = self.process
        if p is None:
            yield ("start",)
            return
        if self.crashes < self.size.crashes:
            yield ("crash",)
        if p.sent:
            yield ("write",)
        if p.written:
            yield ("acknowledge",)
        if p.emitted:
            yield ("publish",)
        elif p.journal:
            yield ("save",)
            yield from self._takings(p, p.journal)

    def _takings(self, p: Process, journal: Journal) -> Iterator[tuple[str, ...]]:
        """Yield which input may be taken now, in the manner of a source."""
        if journal.live and p.position.c + p.flying < self.size.commands:
            yield ("take", COMMAND)
        if journal.holding:
            return
        if (
            journal.live
            and p.position.t == self.size.ticks
            and not p.beaten
            and p.number <= self.size.beating
        ):
            yield ("take", BEAT)
        first, limit = journal.first_pending, journal.limit()
        if first and first.after == p.position.t:
            yield ("reinject",)
        if p.position.t < (self.size.ticks if limit is None else limit):
            yield ("tick",)

    def start(self) -> None:
        """A new process begins at the snapshot and sends its ``open``."""
        self.starts += 1
        position = replace(self.saved.position)
        p = self.process = Process(self.starts, position, self.saved.history, self.saved.ordinal)
        if self.rules.fence:
            p.gen = 1 + max([position.g, *(entry.gen for entry in self.log[position.j :])])
            p.sent.append(Entry(p.gen, -1, position.t, OPEN, {"of": p.number}))
        else:
            self._open(p, len(self.log) - 1)

    def crash(self) -> None:
        """The process is killed; what it sent is still under way."""
        self.crashes += 1
        self._die()

    def _die(self) -> None:
        self.late += [(self.process.number, entry) for entry in self.process.sent]
        self.process = None

    def arrive_late(self, number: int) -> None:
        """The first entry of a dead process that is still under way is written after all."""
        item = next(item for item in self.late if item[0] == number)
        self.late.remove(item)
        self.log.append(item[1])

    def write(self) -> None:
        """The broker writes the next entry."""
        self.process.written.append((self.process.sent.pop(0), len(self.log)))
        self.log.append(self.process.written[-1][0])

    def acknowledge(self) -> None:
        """The process learns of it: it is open, or may emit; a foreign writer ends it."""
        p = self.process
        entry, offset = p.written.pop(0)
        if entry.kind == OPEN:
            self._open(p, offset)
        elif self.rules.hold:
            try:
                p.journal.acknowledge(entry.seq, offset)
            except JournalError:
                self._die()
            else:
                self._emit(p)

    def _open(self, p: Process, fence: int) -> None:
        behind = list(enumerate(self.log))[p.position.j : fence + 1]
        if any(e.kind == OPEN and e.gen >= p.gen and e.payload["of"] != p.number for _, e in behind):
            self._die()
            return
        try:
            fold = Fold(p.position.g, p.position.q)
            pending = [(offset, entry) for offset, entry in behind if fold.take(entry)]
            barrier = max([0, *(r.after for r in self.published)]) if self.rules.barrier else 0
            p.journal = Journal(p.position, p.gen, fence, pending=pending, barrier=barrier)
        except JournalError as error:
            raise BrokenError(f"cannot start: {error}") from error

    def take(self, kind: str) -> None:
        """Propose the next command, or a beat that no other process would send alike."""
        p = self.process
        offset = p.position.c + p.flying if kind == COMMAND else NO_CONTROL
        p.flying += kind == COMMAND
        p.beaten |= kind == BEAT
        entry = p.journal.propose(kind, {"of": offset if kind == COMMAND else p.number}, offset)
        p.sent.append(entry)
        if not self.rules.hold:
            p.journal.acknowledge(entry.seq, p.journal._next_offset)  # as if it were known already
            self._emit(p)

    def _emit(self, p: Process) -> None:
        entries = p.journal.emitted()
        p.emitted += entries
        p.flying -= sum(entry.kind == COMMAND for entry in entries)

    def reinject(self) -> None:
        """Entries of earlier processes are due."""
        self.process.emitted += self.process.journal.reinjected()

    def publish(self) -> None:
        """The record of an emitted entry reaches the broker."""
        entry = self.process.emitted.pop(0)
        self.process.history += (name_of(entry),)
        self._sink(record(entry.after, entry.seq + 1, "took", self.process.history))

    def tick(self) -> None:
        """The next tick passes through; its record reaches the broker."""
        p = self.process
        p.position.t += 1
        self._sink(record(p.position.t, p.position.q, f"tick {p.position.t - 1}", p.history))

    def _sink(self, found: Record) -> None:
        """Append, or suppress by ordinal what is published already, if it is the same."""
        ordinal, self.process.ordinal = self.process.ordinal, self.process.ordinal + 1
        if ordinal > len(self.published):
            raise BrokenError(f"record {ordinal} behind only {len(self.published)}")
        if ordinal == len(self.published):
            self.published.append(found)
        elif self.published[ordinal] != found:
            raise BrokenError(f"published {self.published[ordinal]}, now {found}")

    def save(self) -> None:
        """A snapshot is committed; the sink has been flushed."""
        p = self.process
        position = replace(p.position, **({} if self.rules.emitted_gen else {"g": p.gen}))
        self.saved = Saved(position, p.history, p.ordinal)


def _twin(thing: Any) -> Any:
    twin = copy(thing)
    for name, value in vars(thing).items():
        setattr(twin, name, copy(value))
    return twin
