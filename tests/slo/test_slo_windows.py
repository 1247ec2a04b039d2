"""Windows over slo records: every figure against an oracle that keeps all records and has no window."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slo.bodies import START, body

from connectors.recovery.state import pack, unpack
from models.rules.evaluate import Sample
from models.rules.metrics import METRICS, scope_of
from models.slo.body import Body
from models.slo.histogram import BOUNDS
from models.slo.windows import Windows
from models.spec import SECOND

SHARDS = ("ticks/0000", "ticks/0001")
COUNTS = ("used", "late", "invalid", "rows", "errors", "ml_score")


def told(windows: Windows, second: int) -> dict[tuple[str, str], float | None]:
    """Return the samples at a second behind START by metric and scope key."""
    return {(s.metric, s.scope_key): s.value for s in windows.samples(START + second)}


class Oracle:
    """Keeps every record and looks at all of them, each time."""

    def __init__(self, bodies: list[Body]) -> None:
        self._bodies = bodies

    def at(self, second: int) -> dict[tuple[str, str], float | None]:
        """Return what the windows must say at a second behind START."""
        found: dict[tuple[str, str], float | None] = {}
        for source in sorted({b["source"] for b in self._bodies if b["flow"] == "signals"}):
            found |= self._of(f"shard:{source}", second, (source,))
        shards = tuple(sorted({b["source"] for b in self._bodies if b["flow"] == "signals"}))
        found |= self._of("all", second, shards)
        found["scores.per_minute", "all"] = self._per_minute("ml_score", second, shards)
        hour = [b for b in self._last(second, 300, 12) if b["source"] in shards]
        found["confid.median", "all"] = self._median(hour)
        tenths = [int(t) for b in hour for t, n in b["ml_bucket"].items() for _ in range(n)]
        found["buckets.balanced", "all"] = (
            float(all(tenths.count(t) <= len(tenths) / 2 for t in (5, 6, 7))) if tenths else None
        )
        return found

    def _of(self, key: str, second: int, sources: tuple[str, ...]) -> dict[tuple[str, str], float | None]:
        five = [b for b in self._last(second, 30, 10) if b["source"] in sources]
        hour = [b for b in self._last(second, 300, 12) if b["source"] in sources]
        rows, errors = self._sum(five, "rows"), self._sum(five, "errors")
        used, lost = self._sum(hour, "used"), self._sum(hour, "late") + self._sum(hour, "invalid")
        return {
            ("latency.engine_p95_ms", key): self._p95(five, "engine"),
            ("ticks.per_minute", key): self._per_minute("used", second, sources),
            ("errors.rate", key): errors / rows if rows else None,
            ("ticks.drop_rate", key): lost / (used + lost) if used + lost else None,
            ("dlq.size", key): float(self._sum(hour, "invalid")) if hour else None,
        }

    def _last(self, second: int, width: int, length: int) -> list[Body]:
        present = (START + second) // width
        return [b for b in self._bodies if present - length < b["ts"] // SECOND // width <= present]

    def _per_minute(self, name: str, second: int, sources: tuple[str, ...]) -> float | None:
        rates = []
        for source in sources:
            mine = [b for b in self._last(second, 10, 6) if b["source"] == source]
            span = sum(b["span_s"] for b in mine)
            if span:
                rates.append(60 * self._sum(mine, name) / span)
        return sum(rates) if rates else None

    def _sum(self, bodies: list[Body], name: str) -> int:
        return sum(b["counts"].get(name, 0) for b in bodies)

    def _p95(self, bodies: list[Body], point: str) -> float | None:
        places = sorted(
            int(p) for b in bodies for p, n in b["latency"].get(point, {}).items() for _ in range(n)
        )
        return float(BOUNDS[places[int(np.ceil(0.95 * len(places))) - 1]]) if places else None

    def _median(self, bodies: list[Body]) -> float | None:
        places = sorted(int(p) for b in bodies for p, n in b["confid"].items() for _ in range(n))
        return 0.5025 + 0.005 * places[(len(places) - 1) // 2] if places else None


@st.composite
def histories(draw: st.DrawFn) -> list[Body]:
    """Draw records of two shards over an hour and a half."""
    found = []
    for _ in range(draw(st.integers(1, 25))):
        counts = {name: draw(st.integers(0, 50)) for name in COUNTS}
        more: dict[str, Any] = {
            "counts": {name: count for name, count in counts.items() if count},
            "span_s": draw(st.sampled_from([0.0, 10.0, 12.5])),
            "latency": {"engine": draw(st.lists(st.sampled_from([0.5, 3.0, 80.0, 81.0]), max_size=4))},
            "confid": draw(st.lists(st.sampled_from([0.5, 0.55, 0.7]), max_size=4)),
            "tenths": draw(st.lists(st.integers(0, 9), max_size=4)),
        }
        found.append(body(draw(st.integers(0, 5_400)), draw(st.sampled_from(SHARDS)), **more))
    return found


@settings(max_examples=60, deadline=None)
@given(bodies=histories(), chance=st.randoms(use_true_random=False))
def test_every_figure_is_that_of_an_oracle_without_windows(bodies: list[Body], chance: Any) -> None:
    """In any order of arrival, with restarts out of a snapshot in between."""
    windows, oracle = Windows(), Oracle(bodies)
    for one in chance.sample(bodies, len(bodies)):
        windows.take(one)
    for second in range(0, 6_000, 317):
        if chance.random() < 0.3:
            windows = Windows(unpack(pack(windows.snapshot())))
        found = told(windows, second)
        for place, value in oracle.at(second).items():
            assert found[place] == pytest.approx(value), (second, place)


@settings(max_examples=40, deadline=None)
@given(bodies=histories(), chance=st.randoms(use_true_random=False))
def test_records_that_come_while_the_windows_move_count_like_those_that_came_before(
    bodies: list[Body], chance: Any
) -> None:
    """Each taken in when its own second is reached or up to a minute later, as topics bring them."""
    windows = Windows()
    due = sorted(((b["ts"] // SECOND - START + chance.choice([0, 10, 60]), n) for n, b in enumerate(bodies)))
    for second in range(0, 6_000, 40):
        while due and due[0][0] <= second:
            windows.take(bodies[due.pop(0)[1]])
        windows.samples(START + second)
    early = Windows()
    for one in bodies:
        early.take(one)
    for second in range(5_990, 6_500, 60):
        assert told(windows, second) == told(early, second)


def test_every_metric_is_one_that_rules_may_look_at() -> None:
    """Under the scopes that the list of metrics gives it."""
    windows = Windows()
    for one in (body(0), body(0, "account/0000", "paper")):
        windows.take(one)
    found: list[Sample] = windows.samples(START + 5)
    assert {scope_of(s.scope_key) for s in found} == {"shard", "all"}
    for sample in found:
        assert scope_of(sample.scope_key) in METRICS[sample.metric].scopes
    assert len({(s.metric, s.scope_key) for s in found}) == len(found)


def test_a_silent_source_gives_no_data_and_never_a_zero() -> None:
    """Ten minutes behind its last record; an hour behind it nothing is known of invalid items either."""
    windows = Windows()
    windows.take(body(0, counts={"used": 20, "rows": 4}, latency={"engine": [3.0]}, rss=5))
    assert told(windows, 5)["ticks.per_minute", "all"] == 120.0
    assert told(windows, 5)["errors.rate", "all"] == 0.0
    assert told(windows, 5)["memory.rss_bytes", "all"] == 5.0
    later = told(windows, 600)
    silent = ("ticks.per_minute", "errors.rate", "latency.engine_p95_ms", "memory.rss_bytes")
    assert [later[metric, "all"] for metric in silent] == [None] * 4
    assert later["dlq.size", "all"] == 0.0
    assert told(windows, 3_700)["dlq.size", "all"] is None


def test_rates_of_shards_add_up_and_their_latencies_merge() -> None:
    """Each by the log time that its own records cover."""
    windows = Windows()
    windows.take(body(9, SHARDS[0], counts={"used": 10}, span_s=10.0, latency={"engine": [1.0] * 19}))
    windows.take(body(9, SHARDS[1], counts={"used": 10}, span_s=20.0, latency={"engine": [90.0]}))
    found = told(windows, 9)
    assert found["ticks.per_minute", "shard:ticks/0000"] == 60.0
    assert found["ticks.per_minute", "shard:ticks/0001"] == 30.0
    assert found["ticks.per_minute", "all"] == 90.0
    assert found["latency.engine_p95_ms", "all"] == 1.0
    assert found["latency.engine_p95_ms", "shard:ticks/0001"] == 90.0


def test_what_lies_ahead_of_the_slowest_shard_waits() -> None:
    """A record of a faster one counts from its own time on."""
    windows = Windows()
    windows.take(body(100, counts={"rows": 10, "errors": 5}))
    assert told(windows, 50)["errors.rate", "all"] is None
    assert told(windows, 100)["errors.rate", "all"] == 0.5


def test_failed_orders_of_the_account_are_counted_over_five_minutes() -> None:
    """Without an account there is no data."""
    windows = Windows()
    windows.take(body(0))
    assert told(windows, 0)["errors.trading_rate", "all"] is None
    windows.take(body(0, "account/0000", "paper", counts={"trading_errors": 2}))
    windows.take(body(200, "account/0000", "paper", counts={"trading_errors": 1}))
    assert told(windows, 200)["errors.trading_rate", "all"] == 3.0
    assert told(windows, 300)["errors.trading_rate", "all"] == 1.0


@pytest.mark.parametrize(("tenths", "balanced"), [([5, 5, 6, 7], 1.0), ([5, 5, 5, 6], 0.0), ([3] * 9, 1.0)])
def test_buckets_are_balanced_unless_one_of_the_upper_ones_holds_over_half(
    tenths: list[int], balanced: float
) -> None:
    """Half exactly still is; the lower ones are not looked at."""
    windows = Windows()
    windows.take(body(0, tenths=tenths))
    assert told(windows, 0)["buckets.balanced", "all"] == balanced


def test_the_largest_process_counts_for_memory() -> None:
    """By the newest record of each source."""
    windows = Windows()
    windows.take(body(10, rss=300))
    windows.take(body(20, rss=200))
    windows.take(body(0, "account/0000", "paper", rss=250))
    assert told(windows, 20)["memory.rss_bytes", "all"] == 250.0


def test_a_record_without_log_time_says_nothing() -> None:
    """As of a shard that has not had a tick."""
    windows = Windows()
    windows.take(body(-START, counts={"used": 1}))
    assert windows.samples(START) == []
    assert windows.snapshot() == {"sources": {}}
