"""The books of a shard: read = used + skipped + late + duplicate + invalid, always."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from models.ticks import Ints

BOOKED = ("used", "late", "duplicate", "invalid")


class Totals(NamedTuple):
    """Items of the log since the shard's genesis, by what became of them."""

    used: int = 0
    skipped: int = 0
    late: int = 0
    duplicate: int = 0
    invalid: int = 0

    @property
    def read(self) -> int:
        """Return the number of items read."""
        return sum(self)

    def plus(self, other: Totals) -> Totals:
        """Return the sum, entry by entry."""
        return Totals(*(a + b for a, b in zip(self, other, strict=True)))


class Books(NamedTuple):
    """The ledger by symbol: what became of the ticks of each known symbol (a skipped item names none)."""

    code_of: Mapping[str, int]  # row of a displayed name
    counts: Ints  # (symbols or more, columns of BOOKED)

    def of(self, name: str) -> dict[str, int]:
        """Return a symbol's counts by what became of its ticks."""
        return dict(zip(BOOKED, self.counts[self.code_of[name]].tolist(), strict=True))
