"""What a reader learns of a partition from one integer a record: losses, repeats and wrong order.

Records of a shard on a topic are numbered without gaps. A partition may begin above 0 (retention took what
was before); from there on each number must follow the one before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from verifier.log import Record


@dataclass(slots=True)
class Numbering:
    """What the ordinals of a partition tell; memory grows with the number of gaps alone."""

    records: int = 0
    first: int | None = None
    last: int | None = None
    """The highest so far."""
    repeats: int = 0
    out_of_order: int = 0
    unreadable: int = 0
    """Records without an ordinal."""
    gaps: list[tuple[int, int]] = field(default_factory=list)
    """Missing numbers as (first, last) of each gap, rising."""

    @property
    def missing(self) -> int:
        """Return how many numbers between first and last never came."""
        return sum(last - first + 1 for first, last in self.gaps)

    @property
    def holds(self) -> bool:
        """Return whether every number from first to last came once and in order."""
        return not (self.gaps or self.repeats or self.out_of_order or self.unreadable)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "records": self.records, "first": self.first, "last": self.last, "missing": self.missing,
            "gaps": self.gaps[:10], "repeats": self.repeats, "out_of_order": self.out_of_order,
            "unreadable": self.unreadable,
        }  # fmt: skip

    def take(self, ordinal: int | None) -> None:
        """Follow the next record's ordinal, None where it has none."""
        self.records += 1
        if ordinal is None:
            self.unreadable += 1
        elif self.first is None or self.last is None:
            self.first = self.last = ordinal
        elif ordinal > self.last:
            if ordinal > self.last + 1:
                self.gaps.append((self.last + 1, ordinal - 1))
            self.last = ordinal
        elif ordinal < self.first:
            self._before_the_first(ordinal, self.first)
        else:
            self._from_behind(ordinal)

    def _before_the_first(self, ordinal: int, first: int) -> None:
        self.out_of_order += 1
        if ordinal + 1 < first:
            self.gaps.insert(0, (ordinal + 1, first - 1))
        self.first = ordinal

    def _from_behind(self, ordinal: int) -> None:
        """A number of a gap comes late; any other was there before."""
        at = bisect_right(self.gaps, (ordinal, self.last or 0)) - 1
        if at < 0 or self.gaps[at][1] < ordinal:
            self.repeats += 1
            return
        self.out_of_order += 1
        first, last = self.gaps[at]
        halves = [(first, ordinal - 1), (ordinal + 1, last)]
        self.gaps[at : at + 1] = [(a, b) for a, b in halves if a <= b]


def numbering(ordinals: Iterable[int | None]) -> Numbering:
    """Return what a sequence of ordinals tells."""
    found = Numbering()
    for ordinal in ordinals:
        found.take(ordinal)
    return found


def read_numbering(records: Iterable[Record]) -> Numbering:
    """Return what the ordinals of one output partition tell, reading nothing else of its records."""
    return numbering(map(ordinal_of, records))


def ordinal_of(record: Record) -> int | None:
    """Return a record's ordinal, from its header (``dlq``) or its JSON body; None where it has none."""
    for name, value in record.headers:
        if name == "ordinal":
            return int(value) if value.isdigit() else None
    try:
        body = orjson.loads(record.value or b"")
    except orjson.JSONDecodeError:
        return None
    ordinal = body.get("ordinal") if isinstance(body, dict) else None
    return ordinal if type(ordinal) is int else None
