"""The service levels of a stretch: each metric over the whole of it, and its worst hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from flows.day_report.sums import Sums
from models.rules.evaluate import Sample
from models.slo.body import Body
from models.slo.histogram import confid_median, quantile, total
from models.slo.windows import ALL, API, BALANCED, P95
from models.spec import SECOND

HOUR_S, MINUTE_S = 3_600, 60
LATENCIES = P95 | dict([API])
FALLING = ("confid.median", "scores.per_minute", "ticks.per_minute", "buckets.balanced")
"""Metrics of which the least is the worst."""


class Worst(NamedTuple):
    """The worst hour of a metric: its first second, and the sample."""

    hour_s: int
    sample: Sample


class Levels:
    """``slo`` records by hour of log time; one without a log time counts in the whole alone."""

    def __init__(self) -> None:
        self.whole = Sums()
        self.hours: dict[int, Sums] = {}
        self._invalid: Counter[int] = Counter()

    def take(self, body: Body | Mapping[str, Any]) -> None:
        """Take a record in."""
        self.whole.take(body)
        second = body["ts"] // SECOND
        if second:
            self.hours.setdefault(second // HOUR_S * HOUR_S, Sums()).take(body)
            self._invalid[second // MINUTE_S] += body["counts"].get("invalid", 0)

    def samples(self) -> dict[str, Sample]:
        """Return what is known of the whole, by metric; ``dlq.size`` is that of its worst hour."""
        found = {sample.metric: sample for sample in samples(self.whole) if sample.value is not None}
        if self.whole.shards:
            found["dlq.size"] = Sample("dlq.size", ALL, float(self._most_invalid()))
        return found

    def worst(self, metric: str) -> Worst | None:
        """Return the worst hour of a metric, the first of equal ones, None where none knows of it."""
        known = [
            Worst(hour, sample)
            for hour, sums in sorted(self.hours.items())
            for sample in samples(sums)
            if sample.metric == metric and sample.value is not None
        ]
        sign = -1.0 if metric in FALLING else 1.0
        return max(known, key=lambda one: sign * (one.sample.value or 0.0), default=None)

    def _most_invalid(self) -> int:
        """Return the most invalid items of any sixty minutes; the window begins where one came."""
        minutes = [minute for minute, count in self._invalid.items() if count]
        reach = HOUR_S // MINUTE_S
        return max((sum(self._invalid[m] for m in range(at, at + reach)) for at in minutes), default=0)


def samples(sums: Sums) -> Iterator[Sample]:
    """Yield the metrics of all sources; of what nothing is known, a sample without a value."""
    for metric, point in LATENCIES.items():
        counts = sums.latency.get(point, {})
        yield Sample(metric, ALL, quantile(counts, 0.95), n=total(counts))
    used, lost = sums.count("used"), sums.count("late", "invalid")
    yield _share("errors.rate", sums.count("errors"), sums.count("rows"))
    yield _share("ticks.drop_rate", lost, used + lost)
    for metric, name in (("scores.per_minute", "ml_score"), ("ticks.per_minute", "used")):
        yield Sample(metric, ALL, sums.rate(name), n=sums.count(name))
    yield Sample("confid.median", ALL, confid_median(sums.confid), n=total(sums.confid))
    yield _balanced(sums)
    known = float if sums.records else _nothing
    yield Sample("memory.rss_bytes", ALL, float(sums.rss_bytes) if sums.rss_bytes else None)
    yield Sample("process.crashes", ALL, known(sums.count("crashes")), n=sums.count("starts"))
    trading = known if "paper" in sums.flows else _nothing
    yield Sample("errors.trading_rate", ALL, trading(sums.count("trading_errors")))


def _share(metric: str, part: int, whole: int) -> Sample:
    return Sample(metric, ALL, part / whole if whole else None, n=whole)


def _balanced(sums: Sums) -> Sample:
    largest, n = max(sums.tenths.get(str(tenth), 0) for tenth in BALANCED), total(sums.tenths)
    return Sample("buckets.balanced", ALL, float(2 * largest <= n) if n else None, n=n)


def _nothing(_: float) -> None:
    """Say nothing of a count that nobody told."""
