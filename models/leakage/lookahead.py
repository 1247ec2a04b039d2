"""No look-ahead: what a row says does not depend on any tick behind its window end.

In every batch of a history the stage is run twice more from where it stood: once with nothing behind a record
drawn at random, and once with other ticks from a second drawn at random on. What was released before, and
what is said of windows that had ended, must be the same to the bit. Labels are recomputed from the prices.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.inputs import TickBatch
from models.leakage.altering import changed_from
from models.leakage.findings import Finding, differences
from models.leakage.labels import LabelCheck
from models.leakage.stage import Stage, StageMaker, Table, names_of, table
from models.market.batches import cut
from models.market.block import Closed

SECOND = 1_000_000_000
SHOWN = 3
"""Findings kept of each check and column."""


@dataclass(slots=True)
class Seen:
    """What was looked at, and the first of what was found."""

    points: int = 0
    """Places in the history at which the future was taken away, and as often changed."""
    rows: int = 0
    """Rows compared."""
    labels: int = 0
    """Labels recomputed."""
    different: int = 0
    findings: list[Finding] = field(default_factory=list)

    def note(self, findings: Iterable[Finding]) -> None:
        """Count what was found and keep the first of it."""
        for finding in findings:
            self.different += 1
            alike = sum(f.check == finding.check and f.column == finding.column for f in self.findings)
            if alike < SHOWN:
                self.findings.append(finding)


class LookAhead:
    """The check, with running counts in ``seen``; give it the batches of each history in order."""

    def __init__(self, stage: StageMaker, horizon_s: int, seed: int) -> None:
        self._maker = stage
        self._horizon_s = horizon_s
        self._rng = np.random.default_rng(seed)
        self.seen = Seen()
        self.begin()

    def begin(self) -> None:
        """Begin another history."""
        self._stage = self._maker(None)
        self._labels = LabelCheck(self._horizon_s)

    def take(self, batch: TickBatch) -> None:
        """Check the next batch of the history."""
        forks = [self._maker(self._stage.snapshot()) for _ in range(2)]
        closed = self._stage.step([batch])
        rows, names = table(closed), names_of(closed)
        self._without_future(forks[0], batch, rows, names)
        self._with_another_future(forks[1], batch, rows, names)
        self.seen.points += 1
        self._check_labels(closed)

    def finish(self) -> None:
        """Check the labels that are left of the history."""
        self._check_labels([], end=True)

    def _without_future(self, fork: Stage, batch: TickBatch, rows: Table, names: Sequence[str]) -> None:
        """A stage that never hears of what follows must have released the same rows."""
        at = int(self._rng.integers(1, len(batch) + 1))
        found = table(fork.step([cut(batch, 0, at)]))
        self._compare("cut", rows.where(rows.offset <= batch.offsets[at - 1] + 1), found, names)

    def _with_another_future(self, fork: Stage, batch: TickBatch, rows: Table, names: Sequence[str]) -> None:
        """A stage that sees other ticks from a second on must say the same of all windows up to there."""
        ticks = batch.decoded.ticks
        if not len(ticks):
            return
        second = int(self._rng.choice(ticks.ts)) // SECOND
        found = table(fork.step([changed_from(batch, second * SECOND, self._rng)]))
        self._compare("changed", rows.where(rows.second < second), found.where(found.second < second), names)

    def _compare(self, check: str, expected: Table, found: Table, names: Sequence[str]) -> None:
        self.seen.rows += len(expected)
        self.seen.note(differences(check, expected, found, names))

    def _check_labels(self, closed: list[Closed], *, end: bool = False) -> None:
        count, findings = self._labels.take(closed, end=end)
        self.seen.labels += count
        self.seen.note(findings)
