"""Which entries of a shard's journal count, in their order.

A process that starts writes ``open`` with a generation above all before it. From there on entries of lower
generations are late appends of dead processes: void. An entry whose number was seen before was written
twice. A number that is missing cannot be explained, but in front of a ``genesis``: there history begins anew,
after a gap that somebody accepted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from verifier.log import Partition, Record

OPEN, GENESIS, COMMAND, BEAT = "open", "genesis", "command", "beat"
READY, REFUSED, LOST = "model.ready", "model.refused", "model.lost"


class Entry(NamedTuple):
    """What a shard took in, before the tick at offset ``after`` and behind the one before it."""

    gen: int
    seq: int
    after: int
    kind: str
    payload: dict[str, Any]
    ctl_offset: int
    place: str  # where it stands, for people


@dataclass(slots=True)
class Folded:
    """The entries that count, and what was left out."""

    entries: list[Entry] = field(default_factory=list)
    opens: int = 0
    void: int = 0
    repeated: int = 0
    problem: str = ""
    """Why nothing behind the last entry can be understood; empty where all can."""

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as plain data."""
        return {
            "counting": len(self.entries), "starts": self.opens, "void": self.void,
            "repeated": self.repeated, "problem": self.problem,
        }  # fmt: skip


def fold(partition: Partition) -> Folded:
    """Return what counts in a shard's journal, up to the first thing that cannot be understood."""
    folding = _Folding(whole=partition.low == 0)
    for record in partition.records:
        if folding.found.problem:
            break
        folding.take(record)
    return folding.found


class _Folding:
    def __init__(self, *, whole: bool) -> None:
        self.found = Folded()
        self._whole = whole  # no entry is gone by retention
        self._gen = 0
        self._seq: int | None = 0 if whole else None
        self._after = 0
        self._control = -1  # the last control record taken in

    def take(self, record: Record) -> None:
        entry = _entry(record)
        if entry is None:
            self.found.problem = f"{record.place} is no journal entry"
        elif entry.kind == OPEN:
            self.found.opens += 1
            self._gen = max(self._gen, entry.gen)
        elif entry.gen < self._gen:
            self.found.void += 1
        elif self._seq is not None and entry.seq < self._seq:
            self.found.repeated += 1
        else:
            self._count(entry)

    def _count(self, entry: Entry) -> None:
        problem = self._problem(entry)
        if problem:
            self.found.problem = f"{entry.place} {problem}"
            return
        self.found.entries.append(entry)
        self._seq, self._after = entry.seq + 1, entry.after
        if entry.kind == GENESIS:
            self._control = -1
        elif entry.kind == COMMAND:
            self._control = entry.ctl_offset

    def _problem(self, entry: Entry) -> str:
        """Return what is wrong with an entry that would count, empty if nothing is."""
        if entry.gen > self._gen and self._whole:
            return f"is of generation {entry.gen}, which was never opened"
        if entry.kind not in _PAYLOAD:
            return f"is of the unknown kind '{entry.kind}'"
        return "" if entry.kind == GENESIS else self._gap(entry)

    def _gap(self, entry: Entry) -> str:
        """Return what keeps an entry from following the one before it."""
        if self._seq is not None and entry.seq > self._seq:
            return f"has the number {entry.seq}, but {self._seq} is missing before it"
        if entry.after < self._after:
            return f"lies before tick {entry.after}, but the entry before it behind tick {self._after - 1}"
        if entry.kind == COMMAND and entry.ctl_offset <= self._control:
            return f"takes in control record {entry.ctl_offset} behind {self._control}"
        return ""


_PAYLOAD: dict[str, tuple[str, type]] = {
    GENESIS: ("desk", dict),
    COMMAND: ("command", dict),
    BEAT: ("ts", int),
    READY: ("reference", str),
    REFUSED: ("reference", str),
    LOST: ("reference", str),
}
"""What the payload of each kind must hold."""


def _entry(record: Record) -> Entry | None:
    try:
        entry = Entry(**orjson.loads(record.value or b""), place=record.place)
    except (orjson.JSONDecodeError, TypeError):
        return None
    numbers = (entry.gen, entry.seq, entry.after, entry.ctl_offset)
    whole = all(type(number) is int for number in numbers) and isinstance(entry.payload, dict)
    name, kind = _PAYLOAD.get(entry.kind, ("", object))
    return entry if whole and (not name or isinstance(entry.payload.get(name), kind)) else None
