"""A shard's history run again: its ticks and its journal, merged, through a market of the verifier's own.

An entry comes before the tick it names, behind all ticks before it. An era begins with a ``genesis``, empty,
and ends at the next one, which somebody wrote to go on behind a gap.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from verifier.evidence import Evidence
from verifier.expected import Expectations
from verifier.history import Shard
from verifier.journal import BEAT, COMMAND, GENESIS, Entry, Folded
from verifier.log import Partition
from verifier.market import Market
from verifier.rules import Rules
from verifier.ticks import Unjudged


@dataclass(slots=True)
class Era:
    """What must be published from one genesis to the next."""

    genesis: Entry
    expectations: Expectations
    evidence: Evidence = field(default_factory=Evidence)
    """What was predicted, as far as it is published and sound."""
    books: dict[str, int] = field(default_factory=dict)
    judged_to: tuple[float, float] = (math.inf, math.inf)
    """Causes up to this tick offset and journal number are judged."""
    why: str = ""
    """Why not all of it is judged."""

    @property
    def first(self) -> dict[str, int]:
        """Return the ordinals with which the era begins; topics that are not named begin at 0."""
        return self.expectations.first

    def judges(self, offset: int, seq: int) -> bool:
        """Return whether a record with this cause can be told right or wrong."""
        return offset <= self.judged_to[0] and seq <= self.judged_to[1]

    def stop(self, offset: int, seq: int, why: str) -> None:
        """Judge nothing that is caused behind this place."""
        self.judged_to, self.why = (offset, seq), why


def recount(shard: Shard, ticks: Partition, journal: Folded, rules: Rules) -> list[Era]:
    """Return the eras of a shard in order."""
    entries = journal.entries
    starts = [place for place, entry in enumerate(entries) if entry.kind == GENESIS]
    return [
        _Rerun(shard, ticks, rules, entries[start]).run(
            entries[start + 1 : end],
            entries[end].after if end < len(entries) else None,
            journal.problem if end == len(entries) else "",
        )
        for start, end in pairwise([*starts, len(entries)])
    ]


class _Rerun:
    """One era: where it stands in ticks and journal."""

    def __init__(self, shard: Shard, ticks: Partition, rules: Rules, genesis: Entry) -> None:
        first = {str(topic): int(n) for topic, n in (genesis.payload.get("ordinals") or {}).items()}
        self._era = Era(genesis, Expectations(shard, rules, first))
        self._ticks = ticks
        self._market = Market(rules)
        self._numbers = dict(genesis.payload["desk"]["numbers"])
        self._next = bisect_left(ticks.records, genesis.after, key=lambda record: record.offset)
        self._seq = genesis.seq + 1

    def run(self, entries: list[Entry], end: int | None, problem: str) -> Era:
        """Take everything in; ``end`` is the tick before which the next era begins, None for the last.

        ``problem``: why the journal behind ``entries`` cannot be understood.
        """
        self._take_all(entries, end, problem)
        self._era.books = dict(self._market.books)
        return self._era

    def _take_all(self, entries: list[Entry], end: int | None, problem: str) -> None:
        genesis, low = self._era.genesis, self._ticks.low
        if low > genesis.after:
            gone = f"ticks {genesis.after} to {low - 1} of {self._ticks.name} are gone by retention"
            self._era.stop(genesis.after - 1, genesis.seq, gone)
            return
        for entry in [genesis, *entries]:
            if not self._ticks_to(entry.after) or not self._entry(entry):
                return
        if problem:
            last = [genesis, *entries][-1]
            self._era.stop(last.after, last.seq + 1, problem)
            return
        self._ticks_to(end)

    def _ticks_to(self, end: int | None) -> bool:
        """Take all ticks below an offset; return False where one cannot be judged."""
        records, era = self._ticks.records, self._era
        while self._next < len(records) and (end is None or records[self._next].offset < end):
            record = records[self._next]
            try:
                era.expectations.take(self._market.record(record), record.offset + 1, self._seq)
            except Unjudged as why:
                era.stop(record.offset, self._seq, f"{record.place} cannot be judged: {why}")
                return False
            self._next += 1
        return True

    def _entry(self, entry: Entry) -> bool:
        """Take an entry; return False where the ticks before it are not all there."""
        if entry.after > self._ticks.high:
            high, name = self._ticks.high, self._ticks.name
            self._era.stop(
                high, self._seq, f"{name} ends at {high}, but {entry.place} lies behind more ticks"
            )
            return False
        self._seq = entry.seq + 1
        if entry.kind == BEAT:
            self._era.expectations.take(self._market.beat(entry.payload["ts"]), entry.after, self._seq)
        if entry.kind == COMMAND:
            self._command(entry.payload["command"])
        return True

    def _command(self, command: dict[str, Any]) -> None:
        """Take a command; only one about partitions changes what closes."""
        sender, n = f"{command['role']}:{command['actor']}", command["n"]
        if n <= self._numbers.get(sender, -1):
            return
        self._numbers[sender] = n
        grown, shard = command["args"], self._era.expectations.shard
        if command["cmd"] == "partitions.grow" and grown["topic"] == shard.topic:
            self._market.retire(shard.partition, grown["partitions"])
