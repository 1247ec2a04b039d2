"""What ``slo`` records of a stretch come to: sums, so that neither order nor cut says anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from models.slo.body import Body
from models.slo.histogram import Histogram, add
from models.spec import SECOND

SPAN = "span_ns"


class Used(NamedTuple):
    """Processor seconds of a process at the first and the last record that tell them; clock in ns."""

    first_at: int
    first_s: float
    last_at: int
    last_s: float


@dataclass(slots=True)
class Sums:
    """Counts by source, histograms over all sources, and the processes behind them."""

    records: int = 0
    flows: set[str] = field(default_factory=set)
    shards: dict[str, Counter[str]] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)
    """Counts of what is no shard: account, guard, API."""
    latency: dict[str, Histogram] = field(default_factory=dict)
    confid: Histogram = field(default_factory=dict)
    tenths: Histogram = field(default_factory=dict)
    rss_bytes: int = 0
    processes: dict[int, Used] = field(default_factory=dict)

    def take(self, body: Body | Mapping[str, Any]) -> None:
        """Take a record in."""
        self.records += 1
        self.flows.add(body["flow"])
        if body["flow"] == "signals":
            counts = self.shards.setdefault(body["source"], Counter())
            counts[SPAN] += round(body["span_s"] * SECOND)
        else:
            counts = self.others
        counts.update(body["counts"])
        for point, found in body["latency"].items():
            add(self.latency.setdefault(point, {}), found)
        add(self.confid, body["confid"])
        add(self.tenths, body["ml_bucket"])
        self._process(body["process"], body["at"])

    def _process(self, told: Mapping[str, Any], at: int) -> None:
        self.rss_bytes = max(self.rss_bytes, told["rss_bytes"])
        before = self.processes.get(told["began"])
        now = Used(at, told["cpu_s"], at, told["cpu_s"])
        if before is not None:
            first, end = min(before[:2], now[:2]), max(before[2:], now[2:])
            now = Used(*first, *end)
        self.processes[told["began"]] = now

    def count(self, *names: str) -> int:
        """Return the counts of some names over all sources."""
        every = (*self.shards.values(), self.others)
        return sum(counts[name] for counts in every for name in names)

    def rate(self, name: str) -> float | None:
        """Return a count a minute of the log time that each shard covers, added up; None where none does."""
        known = [counts for counts in self.shards.values() if counts[SPAN]]
        each = sorted(counts[name] * 60 * SECOND / counts[SPAN] for counts in known)
        return sum(each) if known else None

    @property
    def cpu(self) -> float | None:
        """Return the mean share of a processor that all processes took together, None where not known."""
        known = [one for one in self.processes.values() if one.last_at > one.first_at]
        used = sorted((one.last_s - one.first_s) * SECOND / (one.last_at - one.first_at) for one in known)
        return sum(used) if known else None


def of(bodies: Iterable[Body | Mapping[str, Any]]) -> Sums:
    """Return the sums of records."""
    found = Sums()
    for body in bodies:
        found.take(body)
    return found
