"""What must not be, counted by kind and topic, with the first few examples in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

LOST = "lost"
"""Ticks and journal cause it, and it is not there."""
DUPLICATED = "duplicated"
"""There a second time."""
DIFFERENT = "different"
"""There, with other fields than ticks and journal give."""
OUT_OF_ORDER = "out_of_order"
"""There, behind a record that must come later."""
UNEXPECTED = "unexpected"
"""There, and nothing causes it."""
NOT_HELD = "not_hold"
"""A signal other than HOLD under a kill."""
NUMBERING = "numbering"
"""Ordinals that are missing, repeated or out of order."""
JOURNAL = "journal"
"""The journal contradicts itself."""
KINDS = (LOST, DUPLICATED, DIFFERENT, OUT_OF_ORDER, UNEXPECTED, NOT_HELD, NUMBERING, JOURNAL)

EXAMPLES = 5


class Finding(NamedTuple):
    """Something that must not be."""

    kind: str
    topic: str
    text: str


@dataclass(slots=True)
class Findings:
    """All findings counted, the first few of each kind and topic kept in words."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)  # by (kind, topic)
    examples: list[Finding] = field(default_factory=list)

    def add(self, kind: str, topic: str, text: str) -> None:
        """Count a finding."""
        self.counts[kind, topic] += 1
        if self.counts[kind, topic] <= EXAMPLES:
            self.examples.append(Finding(kind, topic, text))

    def of(self, kind: str) -> int:
        """Return how many there are of a kind, on all topics."""
        return sum(count for (one, _), count in self.counts.items() if one == kind)
