"""What a check found, by topic and shard, and in sum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from verifier.findings import KINDS, Finding, Findings
from verifier.journal import Folded
from verifier.ordinals import Numbering


@dataclass(slots=True)
class TopicReport:
    """One output partition."""

    found: int = 0
    expected: int | None = None
    """Records that ticks and journal cause; None where only the numbering is checked."""
    equal: int = 0
    """Found as expected, in every field that was recomputed."""
    to_come: int = 0
    """Expected behind everything that is published: the run is that far behind."""
    expired: int = 0
    """Expected, and gone by retention."""
    unjudged: int = 0
    """Found where ticks or journal cannot be read."""
    numbering: Numbering = field(default_factory=Numbering)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "found": self.found, "expected": self.expected, "equal": self.equal, "to_come": self.to_come,
            "expired": self.expired, "unjudged": self.unjudged, "ordinals": self.numbering.as_dict(),
        }  # fmt: skip


@dataclass(slots=True)
class ShardReport:
    """One shard."""

    shard: str
    topics: dict[str, TopicReport] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    journal: Folded = field(default_factory=Folded)
    tick_records: int = 0
    books: dict[str, int] = field(default_factory=dict)
    """Items of the ticks by what became of them, recounted since the last genesis."""
    killed_signals: int = 0
    """Signals under a kill."""
    unjudged: list[str] = field(default_factory=list)
    """Why part of the shard could not be checked; empty where all was."""

    @property
    def exit_code(self) -> int:
        """Return 0 where everything holds, 1 where something is broken, 2 where not all could be checked."""
        return 1 if self.findings.counts else 2 if self.unjudged else 0

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "shard": self.shard,
            "exit_code": self.exit_code,
            "ticks": {"records": self.tick_records, "items": sum(self.books.values()), **self.books},
            "journal": self.journal.as_dict(),
            "killed_signals": self.killed_signals,
            "topics": {name: topic.as_dict() for name, topic in self.topics.items()},
            "findings": {kind: self.findings.of(kind) for kind in KINDS},
            "examples": [found._asdict() for found in self.findings.examples],
            "unjudged": list(self.unjudged),
        }


@dataclass(slots=True)
class Report:
    """All shards."""

    shards: list[ShardReport] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """Return 0 where all hold, 1 where one is broken, 2 where not all of one or none could be checked."""
        codes = {shard.exit_code for shard in self.shards}
        return 1 if 1 in codes else 2 if 2 in codes or not codes else 0

    def of(self, kind: str) -> int:
        """Return how many findings of a kind there are."""
        return sum(shard.findings.of(kind) for shard in self.shards)

    @property
    def examples(self) -> list[Finding]:
        """Return the examples of all shards."""
        return [found for shard in self.shards for found in shard.findings.examples]

    def total(self, name: str) -> int:
        """Return the sum over shards and topics of a count of ``TopicReport``, such as ``equal``."""
        return _sum(getattr(topic, name) for shard in self.shards for topic in shard.topics.values())

    @property
    def unjudged(self) -> list[str]:
        """Return why parts could not be checked, each with its shard."""
        return [f"{shard.shard}: {why}" for shard in self.shards for why in shard.unjudged]

    @property
    def killed_signals(self) -> int:
        """Return how many signals were published under a kill."""
        return sum(shard.killed_signals for shard in self.shards)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data: the sums, then each shard."""
        return {
            "exit_code": self.exit_code,
            "records": {
                name: self.total(name)
                for name in ("expected", "found", "equal", "to_come", "expired", "unjudged")
            },
            "findings": {kind: self.of(kind) for kind in KINDS},
            "ticks": sum(shard.tick_records for shard in self.shards),
            "killed_signals": self.killed_signals,
            "unjudged": self.unjudged,
            "shards": [shard.as_dict() for shard in self.shards],
        }


def _sum(counts: Iterable[int | None]) -> int:
    return sum(count or 0 for count in counts)
