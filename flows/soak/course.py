"""What a soak has come to so far: sums over what the flows told, and a checkpoint whenever one is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from flows.day_report.levels import Levels
from flows.day_report.sums import Sums
from models.slo.histogram import quantile, total
from models.spec import SECOND

Plain = Mapping[str, Any]
FIVE_MIN_S = 300
ACTIVE = "active"


class Bucket(NamedTuple):
    """Five minutes of log time: their first second, and the share of rows on which the model failed."""

    start_s: int
    rate: float
    rows: int


class Checkpoint(NamedTuple):
    """How it stands: shares, trades and PnL since the beginning, the others since the checkpoint before."""

    name: str
    hours: float  # of the market
    ticks: int
    drop_rate: float | None
    error_rate: float | None
    rows: int
    worst_errors: Bucket | None
    inference_p95_ms: float | None
    inference_p99_ms: float | None
    calls: int
    cpu: float | None  # processors, all processes together
    rss_bytes: int | None
    trades: int | None
    pnl: str | None
    crashes: int


class Course:
    """Takes in ``slo`` and ``account`` records, in any order; ``start`` is the market's beginning, s."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.levels = Levels()
        self.crashes: list[str] = []  # of processes that ended by themselves, in words
        self.account: Plain | None = None
        self._since = Sums()
        self._five: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        self._reached: dict[str, int] = {}

    def take_slo(self, body: Plain) -> None:
        """Take a record of service levels in."""
        self.levels.take(body)
        self._since.take(body)
        second = body["ts"] // SECOND
        if body["flow"] == "signals" and second:
            self._reached[body["source"]] = max(second, self._reached.get(body["source"], 0))
            counts, cell = body["counts"], self._five[second // FIVE_MIN_S * FIVE_MIN_S]
            cell[0] += counts.get("rows", 0)
            cell[1] += counts.get("errors", 0)

    def take_account(self, body: Plain) -> None:
        """Take a record of the account in; the newest of the active book counts."""
        if body["book"] == ACTIVE and (self.account is None or body["ordinal"] > self.account["ordinal"]):
            self.account = body

    def passed_s(self) -> float:
        """Return how much of the market every shard that was heard of has told of, s."""
        return max(0.0, float(min(self._reached.values(), default=self.start) - self.start))

    def buckets(self) -> list[Bucket]:
        """Return the error rate of every five minutes with rows, in order."""
        known = sorted((start, rows, errors) for start, (rows, errors) in self._five.items() if rows)
        return [Bucket(start, errors / rows, rows) for start, rows, errors in known]

    def crashed(self) -> int:
        """Return how often a process ended that should not have, by whoever saw more of it."""
        return max(len(self.crashes), self.levels.whole.count("crashes"))

    def checkpoint(self, name: str) -> Checkpoint:
        """Return how it stands now; what is counted since the last one begins anew."""
        whole, since = self.levels.whole, self._since
        used, lost = whole.count("used"), whole.count("late", "invalid")
        rows, calls = whole.count("rows"), since.latency.get("inference", {})
        self._since = Sums()
        return Checkpoint(
            name=name,
            hours=self.passed_s() / 3_600,
            ticks=used,
            drop_rate=lost / (used + lost) if used + lost else None,
            error_rate=whole.count("errors") / rows if rows else None,
            rows=rows,
            worst_errors=max(self.buckets(), key=lambda one: (one.rate, -one.start_s), default=None),
            inference_p95_ms=quantile(calls, 0.95),
            inference_p99_ms=quantile(calls, 0.99),
            calls=total(calls),
            cpu=since.cpu,
            rss_bytes=since.rss_bytes or None,
            trades=None if self.account is None else self.account["trades"],
            pnl=None if self.account is None else self.account["pnl"],
            crashes=self.crashed(),
        )
