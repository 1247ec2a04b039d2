"""The books of a shard: read = used + skipped + late + duplicate + invalid, always."""

from __future__ import annotations

from typing import NamedTuple


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
