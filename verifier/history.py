"""A shard, and all that a run left of it on the broker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.log import Partition


@dataclass(frozen=True, slots=True)
class Shard:
    """One partition of a tick topic; ``number`` is its partition on every output topic."""

    topic: str
    partition: int
    number: int

    @property
    def key(self) -> str:
        """Return the shard's name in records."""
        return f"{self.topic}/{self.partition:04d}"


@dataclass(frozen=True, slots=True)
class History:
    """Everything that stands on the broker of one shard; ``outputs`` by topic without its suffix."""

    shard: Shard
    ticks: Partition
    journal: Partition
    outputs: Mapping[str, Partition] = field(default_factory=dict)
