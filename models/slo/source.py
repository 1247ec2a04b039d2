"""What one source told of late: its ``slo`` records as sums over a minute, five minutes and an hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from models.slo.body import LATENCIES, Body
from models.slo.histogram import Histogram
from models.slo.sliding import Sliding, Sums
from models.spec import SECOND

TEN = 10
"""The finest buckets, s."""

RECORDS, SPAN = "records", "span_ns"
CONFID, BUCKETS = "confid", "ml_bucket"

_MINUTE_COUNTS = ("used", "ml_score")
_FIVE_COUNTS = ("rows", "errors", "trading_errors")
_HOUR_COUNTS = ("used", "late", "invalid")


class Source:
    """The sliding sums of one source, and what its newest record says of its process."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        saved = saved or {}
        self.flow: str = saved.get("flow", "")
        self.at: int = saved.get("at", 0)
        self.rss_bytes: int = saved.get("rss_bytes", 0)
        self.minute = Sliding(TEN, 6, saved.get("minute"))
        self.five = Sliding(30, 10, saved.get("five"))
        self.hour = Sliding(300, 12, saved.get("hour"))
        self.histograms: dict[str, Histogram] = {}  # of the windows, by name

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {
            "flow": self.flow,
            "at": self.at,
            "rss_bytes": self.rss_bytes,
            "minute": self.minute.snapshot(),
            "five": self.five.snapshot(),
            "hour": self.hour.snapshot(),
        }

    def take(self, body: Body | Mapping[str, Any]) -> None:
        """Take a record in."""
        self.flow = body["flow"]
        if body["at"] >= self.at:
            self.at, self.rss_bytes = body["at"], body["process"]["rss_bytes"]
        second, counts = body["ts"] // SECOND, body["counts"]
        span = {RECORDS: 1, SPAN: round(body["span_s"] * SECOND)}
        self.minute.take(second, span | _chosen(counts, _MINUTE_COUNTS))
        latencies = ((point, body["latency"].get(point, {})) for point in LATENCIES)
        self.five.take(second, {RECORDS: 1} | _chosen(counts, _FIVE_COUNTS) | _flat(latencies))
        shares = _flat(((CONFID, body["confid"]), (BUCKETS, body["ml_bucket"])))
        self.hour.take(second, {RECORDS: 1} | _chosen(counts, _HOUR_COUNTS) | shares)

    def advance(self, second: int) -> None:
        """Let the windows end with a second."""
        for sums in (self.minute, self.five, self.hour):
            sums.advance(second)
        self.histograms = _histograms(self.five.total) | _histograms(self.hour.total)


def _histograms(sums: Sums) -> dict[str, Histogram]:
    found: dict[str, Histogram] = defaultdict(dict)
    for key, count in sums.items():
        name, _, place = key.partition(":")
        if place:
            found[name][place] = count
    return found


def _chosen(counts: Mapping[str, int], names: Iterable[str]) -> Sums:
    return {name: counts[name] for name in names if name in counts}


def _flat(histograms: Iterable[tuple[str, Mapping[str, int]]]) -> Sums:
    return {f"{name}:{place}": count for name, counts in histograms for place, count in counts.items()}
