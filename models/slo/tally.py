"""What one source did since its last ``slo`` record: filled by the process, emptied by each record."""

from __future__ import annotations

from collections import Counter

import numpy as np

from models.market.ledger import Totals
from models.slo.body import EVERY_S, Body, Flow, Process
from models.slo.histogram import BOUNDS, CONFID_BUCKETS, Histogram, confid_places, places, sparse
from models.spec import SECOND
from models.ticks import Floats, Ints

_TENTHS = 10


class Tally:
    """Counts and histograms of one source; ``partition`` is where its records go."""

    def __init__(self, flow: Flow, source: str, partition: int = 0) -> None:
        self.flow = flow
        self.source = source
        self.partition = partition
        self._ts = 0  # log time of what was taken in
        self._since = 0  # that of the last record, or of the first input
        self._ledger: Totals | None = None
        self._told = Totals()  # the books at the last record, or at the first look
        self._ever: dict[str, Ints] = {}
        self._counted: Counter[str] = Counter()
        self._bucketed = np.zeros(_TENTHS, np.int64)
        self._begin()

    def _begin(self) -> None:
        self._counts: Counter[str] = Counter()
        self._latency: dict[str, Ints] = {}
        self._confid = np.zeros(CONFID_BUCKETS, np.int64)
        self._buckets = np.zeros(_TENTHS, np.int64)

    def count(self, name: str, more: int = 1) -> None:
        """Add to one of ``COUNTS``."""
        self._counts[name] += more

    def stands(self, ledger: Totals) -> None:
        """Look at the books: a record has what they grew by since the one before.

        What stands there at the first look does not count, nor when a history begins anew.
        """
        if self._ledger is None or ledger.read < self._ledger.read:
            self._grown()
            self._told = ledger
        self._ledger = ledger

    def observe(self, point: str, values: Floats) -> None:
        """Add values to the histogram of one of ``LATENCIES``; one below 0 counts as 0."""
        if point not in self._latency:
            self._latency[point] = np.zeros(len(BOUNDS), np.int64)
            self._ever.setdefault(point, np.zeros(len(BOUNDS), np.int64))
        self._latency[point] += np.bincount(places(values), minlength=len(BOUNDS))

    def answered(self, confid: Floats, tenths: Ints) -> None:
        """Add the confidences and the tenths of the probabilities of rows."""
        self._confid += np.bincount(confid_places(confid), minlength=CONFID_BUCKETS)
        self._buckets += np.bincount(tenths, minlength=_TENTHS)

    def passed(self, ts: int, since: int | None = None) -> bool:
        """Take log time in, ns, and return whether a record is due by it.

        ``since``: where what was counted begins, if it is the first; None: there.
        """
        self._since = self._since or since or ts
        self._ts = max(self._ts, ts)
        return self._ts - self._since >= EVERY_S * SECOND

    def take(self, at: int, process: Process) -> Body:
        """Return the record that is due at wall clock ``at``, ns, and begin anew."""
        self._grown()
        for point, counts in self._latency.items():
            self._ever[point] += counts
        self._counted += self._counts
        self._bucketed = self._bucketed + self._buckets
        latency: dict[str, Histogram] = {point: sparse(counts) for point, counts in self._latency.items()}
        body = Body(
            flow=self.flow,
            source=self.source,
            ts=self._ts,
            at=at,
            span_s=(self._ts - self._since) / SECOND,
            counts={name: count for name, count in self._counts.items() if count},
            latency={point: counts for point, counts in latency.items() if counts},
            confid=sparse(self._confid),
            ml_bucket=sparse(self._buckets),
            process=process,
        )
        self._since = self._ts
        self._begin()
        return body

    def since_start(self) -> dict[str, Ints]:
        """Return the counts by bucket of each measuring point that records were told of; may be shared."""
        return {point: counts.copy() for point, counts in list(self._ever.items())}

    def counted(self) -> dict[str, int]:
        """Return by name what records were told of; may be shared."""
        return dict(self._counted)

    def bucketed(self) -> list[int]:
        """Return by tenth of the probability the rows that records were told of."""
        found: list[int] = self._bucketed.tolist()
        return found

    def _grown(self) -> None:
        if self._ledger is None:
            return
        self._counts["read"] += self._ledger.read - self._told.read
        for name, now, then in zip(Totals._fields, self._ledger, self._told, strict=True):
            self._counts[name] += now - then
        self._told = self._ledger
