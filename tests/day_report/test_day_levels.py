"""Service levels of a day against plain sums over everything that was told."""

from __future__ import annotations

import numpy as np
import pytest

from flows.day_report.levels import Levels
from flows.day_report.sums import Sums
from tests.slo.bodies import START, body

NAMES = ("used", "late", "invalid", "rows", "errors", "ml_score")
HOUR_S = 3_600
Records = list[tuple[int, str, dict[str, int], list[float]]]


def told(rng: np.random.Generator, count: int) -> Records:
    """Return second, source, counts and latencies of records; latencies lie on bounds of two digits."""
    found = []
    for place in range(count):
        counts = {name: int(rng.integers(0, 50)) for name in NAMES}
        second, source = 10 * (place // 2), f"ticks/{place % 2:04d}"
        found.append((second, source, counts, [float(x) for x in rng.integers(10, 100, 5)]))
    return found


@pytest.fixture(scope="module")
def records() -> Records:
    """Two shards for two and a half hours."""
    return told(np.random.default_rng(3), 1_800)


@pytest.fixture(scope="module")
def levels(records: Records) -> Levels:
    """The same, taken in backwards: the order says nothing."""
    found = Levels()
    for second, source, counts, ms in reversed(records):
        found.take(body(second, source, counts=counts, latency={"score_e2e": ms}))
    return found


def summed(records: Records, name: str) -> int:
    """Return a count over records."""
    return sum(counts[name] for _, _, counts, _ in records)


def test_shares_and_percentiles_are_those_of_all_records(levels: Levels, records: Records) -> None:
    """The percentile is the nearest rank of all single values, not a mean of percentiles."""
    found = levels.samples()
    every = [ms for *_, each in records for ms in each]
    p95 = found["latency.score_e2e_p95_ms"]
    assert (p95.value, p95.n) == (np.quantile(every, 0.95, method="inverted_cdf"), len(every))
    assert found["errors.rate"].value == summed(records, "errors") / summed(records, "rows")
    lost = summed(records, "late") + summed(records, "invalid")
    assert found["ticks.drop_rate"].value == lost / (lost + summed(records, "used"))
    assert found["ticks.drop_rate"].n == lost + summed(records, "used")


def test_rates_are_a_minute_of_each_shards_own_time(levels: Levels, records: Records) -> None:
    """Each record covers ten seconds; the shards' rates add up."""
    minutes = len(records) / 2 * 10 / 60
    rate = levels.samples()["scores.per_minute"]
    assert rate.value == pytest.approx(summed(records, "ml_score") / minutes, rel=1e-12)
    assert rate.n == summed(records, "ml_score")


def test_the_worst_hour_is_that_of_the_largest_share(levels: Levels, records: Records) -> None:
    """Hours of the clock, each by its own sums."""
    rates = {}
    for hour in {(START + second) // HOUR_S * HOUR_S for second, *_ in records}:
        own = [one for one in records if (START + one[0]) // HOUR_S * HOUR_S == hour]
        rates[hour] = summed(own, "errors") / summed(own, "rows")
    worst = levels.worst("errors.rate")
    assert worst is not None
    assert (worst.hour_s, worst.sample.value) == max(rates.items(), key=lambda one: one[1])
    least = levels.worst("scores.per_minute")
    assert least is not None
    assert least.sample.value == min(rate_of(sums) for sums in levels.hours.values())


def rate_of(sums: Sums) -> float:
    """Return the scores a minute of sums, 0 where there are none."""
    return sums.rate("ml_score") or 0.0


def test_invalid_items_are_those_of_the_worst_sixty_minutes() -> None:
    """3 and 4 are within sixty minutes, 5 is alone: the window is no hour of the clock."""
    found = Levels()
    for second, count in ((0, 5), (5_400, 3), (8_990, 4)):
        found.take(body(second, counts={"invalid": count}))
    assert found.samples()["dlq.size"].value == 7.0


def test_what_nobody_told_of_is_not_there() -> None:
    """No figure is 0 because nothing was heard; a shard without ticks has no share of lost ones."""
    assert Levels().samples() == {}
    quiet = Levels()
    quiet.take(body(0))
    known = quiet.samples()
    assert {"errors.rate", "ticks.drop_rate", "latency.score_e2e_p95_ms", "confid.median"}.isdisjoint(known)
    assert (known["process.crashes"].value, known["dlq.size"].value) == (0.0, 0.0)
    assert "errors.trading_rate" not in known
    assert quiet.worst("errors.rate") is None


def test_processor_time_is_that_of_each_process_once() -> None:
    """Two shards of one process tell the same seconds; another process adds its own."""
    found = Levels()
    for second, source, began, cpu in ((0, "a", 1, 10.0), (0, "b", 1, 10.0), (100, "a", 1, 60.0),
                                       (100, "b", 1, 60.0), (0, "c", 2, 0.0), (50, "c", 2, 5.0)):  # fmt: skip
        one = body(second, source)
        one["process"] = {"rss_bytes": 5, "cpu_s": cpu, "began": began}
        found.take(one)
    assert found.whole.cpu == pytest.approx(0.5 + 0.1)
