"""Service levels out of ``slo`` records of all sources: the samples that rules and criteria look at.

Windows are of log time: a minute in buckets of ten seconds, five minutes in buckets of thirty, an hour in
buckets of five minutes, the present one included. A record belongs to the bucket of its own log time. Figures
of all sources come of sums, so the order in which sources are heard says nothing. A source without a record
in a window gives no data, never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from models.rules.evaluate import Sample
from models.rules.metrics import scope_key
from models.slo.body import Body
from models.slo.histogram import confid_median, merged, quantile, total
from models.slo.source import BUCKETS, CONFID, RECORDS, SPAN, TEN, Source
from models.spec import SECOND

P95 = {
    "latency.inference_p95_ms": "inference",
    "latency.engine_p95_ms": "engine",
    "latency.score_e2e_p95_ms": "score_e2e",
    "queue.depth_p95": "queue_depth",
}
"""Metrics of each shard and of all, and the histogram each is the 95th percentile of."""
API = ("latency.predict_api_p95_ms", "predict_api")
BALANCED = range(5, 8)
"""Tenths of the probability that are looked at: 0.5 to 0.8."""
ALL = scope_key("all")


class Windows:
    """What all sources told of late; asked once a second of log time, in order."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        self._sources = {name: Source(plain) for name, plain in (saved or {}).get("sources", {}).items()}
        self._told: tuple[int, list[Sample]] | None = None

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {"sources": {name: source.snapshot() for name, source in sorted(self._sources.items())}}

    def take(self, body: Body | Mapping[str, Any]) -> None:
        """Take a record in; one without a log time says nothing."""
        if body["ts"] > 0:
            self._sources.setdefault(body["source"], Source()).take(body)
            self._told = None

    def samples(self, second: int) -> list[Sample]:
        """Return what is known at a second; of what there is nothing to be said, a sample without a value."""
        if self._told is None or self._told[0] != second // TEN:
            for source in self._sources.values():
                source.advance(second)
            self._told = second // TEN, list(self._samples())
        return self._told[1]

    def _samples(self) -> Iterator[Sample]:
        shards = {n: s for n, s in sorted(self._sources.items()) if s.flow == "signals"}
        every = list(self._sources.values())
        if not every:
            return
        for name, shard in shards.items():
            yield from _of_shards(scope_key("shard", name), [shard])
        yield from _of_shards(ALL, list(shards.values()))
        yield _p95(*API, ALL, every)
        yield _rate("scores.per_minute", "ml_score", ALL, shards.values())
        yield _trading([source for source in every if source.flow == "paper"])
        yield from _shape(shards.values())
        yield Sample("memory.rss_bytes", ALL, _memory(every))


def _of_shards(key: str, shards: list[Source]) -> Iterator[Sample]:
    for metric, point in P95.items():
        yield _p95(metric, point, key, shards)
    yield _rate("ticks.per_minute", "used", key, shards)
    rows, errors = (sum(s.five.total.get(name, 0) for s in shards) for name in ("rows", "errors"))
    yield _share("errors.rate", key, errors, rows)
    known = any(s.hour.total.get(RECORDS) for s in shards)
    used, late, invalid = (
        sum(s.hour.total.get(name, 0) for s in shards) for name in ("used", "late", "invalid")
    )
    yield _share("ticks.drop_rate", key, late + invalid, used + late + invalid)
    yield Sample("dlq.size", key, float(invalid) if known else None)


def _p95(metric: str, point: str, key: str, sources: Iterable[Source]) -> Sample:
    counts = merged(source.histograms.get(point, {}) for source in sources)
    return Sample(metric, key, quantile(counts, 0.95), n=total(counts))


def _rate(metric: str, name: str, key: str, sources: Iterable[Source]) -> Sample:
    """Return a count a minute of the log time that the records cover, added up over the sources."""
    known = [s.minute.total for s in sources if s.minute.total.get(SPAN)]
    each = [sums.get(name, 0) * 60 * SECOND / sums[SPAN] for sums in known]
    # added up in order of their size, since the order of the sources must not show
    return Sample(metric, key, sum(sorted(each)) if known else None, n=sum(s.get(name, 0) for s in known))


def _share(metric: str, key: str, part: int, whole: int) -> Sample:
    return Sample(metric, key, part / whole if whole else None, n=whole)


def _trading(accounts: list[Source]) -> Sample:
    known = [source.five.total for source in accounts if source.five.total.get(RECORDS)]
    failed = sum(sums.get("trading_errors", 0) for sums in known)
    return Sample("errors.trading_rate", ALL, float(failed) if known else None)


def _shape(shards: Iterable[Source]) -> Iterator[Sample]:
    """Yield the median of confidence, and whether no tenth of the probability holds over half the scores."""
    known = list(shards)
    confid, tenths = (merged(s.histograms.get(name, {}) for s in known) for name in (CONFID, BUCKETS))
    yield Sample("confid.median", ALL, confid_median(confid), n=total(confid))
    largest = max(tenths.get(str(tenth), 0) for tenth in BALANCED)
    balanced = float(2 * largest <= total(tenths)) if tenths else None
    yield Sample("buckets.balanced", ALL, balanced, n=total(tenths))


def _memory(sources: Iterable[Source]) -> float | None:
    known = [s.rss_bytes for s in sources if s.five.total.get(RECORDS) and s.rss_bytes]
    return float(max(known)) if known else None
