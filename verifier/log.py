"""Records as they stand in the log, and the partitions that hold them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Record(NamedTuple):
    """One record as it stands in the log; ``ts_ms`` is the record's timestamp."""

    topic: str
    partition: int
    offset: int
    ts_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def place(self) -> str:
        """Return where it stands, for people."""
        return f"{self.topic}/{self.partition} @{self.offset}"


@dataclass(frozen=True, slots=True)
class Partition:
    """The records of a partition from its oldest kept offset ``low`` to its end ``high``.

    There may be fewer than ``high - low``: markers of transactions take offsets too.
    """

    topic: str
    number: int
    low: int = 0
    high: int = 0
    records: list[Record] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return ``topic/number``."""
        return f"{self.topic}/{self.number}"
