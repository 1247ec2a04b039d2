"""A soak's checkpoints: what is counted from the beginning, and what since the checkpoint before."""

from __future__ import annotations

from typing import Any

import pytest

from flows.soak.course import Bucket, Course
from flows.soak.plan import Mark, Plan
from tests.slo.bodies import START, body


def account(n: int, pnl: str, book: str = "active") -> dict[str, Any]:
    """Return what is looked at of an ``account`` body."""
    return {"book": book, "ordinal": n, "trades": 2 * n, "pnl": pnl}


def told(course: Course, second: int, cpu: float, rss: int, ms: list[float], **counts: int) -> None:
    """Take in a record of the one shard."""
    one = body(second, counts=counts, latency={"inference": ms}, rss=rss)
    one["process"]["cpu_s"] = cpu
    course.take_slo(one)


@pytest.fixture
def course() -> Course:
    """Ten minutes, the second five of them with errors."""
    found = Course(START)
    told(found, 0, 1.0, 100, [1.0, 9.0], used=90, late=10, rows=100)
    told(found, 100, 11.0, 120, [2.0], used=100, rows=100)
    return found


def test_a_checkpoint_tells_shares_since_the_beginning(course: Course) -> None:
    """And latency, processor and memory since the one before: what grew late is not hidden by the start."""
    first = course.checkpoint("T+1h")
    assert (first.ticks, first.drop_rate, first.error_rate, first.rows) == (190, 10 / 200, 0.0, 200)
    assert (first.inference_p95_ms, first.inference_p99_ms, first.calls) == (9.0, 9.0, 3)
    assert (first.cpu, first.rss_bytes, first.trades, first.pnl) == (pytest.approx(0.1), 120, None, None)
    told(course, 400, 12.0, 90, [3.0], used=110, rows=100, errors=30)
    told(course, 450, 37.0, 80, [4.0], used=0, rows=100)
    course.take_account(account(2, "-1.50"))
    course.take_account(account(1, "0.00"))
    course.take_account(account(9, "7.00", "challenger"))
    last = course.checkpoint("T+6h")
    assert (last.ticks, last.drop_rate, last.error_rate, last.rows) == (300, 10 / 310, 30 / 400, 400)
    assert (last.inference_p95_ms, last.calls, last.cpu, last.rss_bytes) == (4.0, 2, pytest.approx(0.5), 90)
    assert (last.trades, last.pnl) == (4, "-1.50")
    assert (first.hours, last.hours) == (100 / 3_600, 450 / 3_600)


def test_errors_are_told_by_five_minutes(course: Course) -> None:
    """Buckets of the clock; the worst is told with the rows behind it."""
    told(course, 400, 12.0, 90, [], rows=100, errors=30)
    start = (START + 400) // 300 * 300
    assert course.buckets()[-1] == Bucket(start, 0.3, 100)
    assert course.checkpoint("x").worst_errors == Bucket(start, 0.3, 100)
    assert sum(one.rows for one in course.buckets()) == 300


def test_the_slowest_shard_says_how_far_it_is() -> None:
    """A checkpoint is due when every shard is there; before anything is heard nothing has passed."""
    course = Course(START)
    assert course.passed_s() == 0.0
    course.take_slo(body(900, "ticks/0000"))
    course.take_slo(body(300, "ticks/0001"))
    course.take_slo(body(5_000, "account/0000", flow="paper"))
    assert course.passed_s() == 300.0


def test_a_crash_is_counted_once_by_whoever_saw_it() -> None:
    """Who watches the process, or the process that follows it."""
    course = Course(START)
    course.crashes.append("paper-0 ended by itself")
    assert course.checkpoint("x").crashes == 1
    course.take_slo(body(0, counts={"crashes": 1}))
    assert course.checkpoint("y").crashes == 1
    course.take_slo(body(10, counts={"crashes": 1}))
    assert course.checkpoint("z").crashes == 2


def test_without_anything_told_nothing_is_known() -> None:
    """No share, no latency, no memory: none of them 0."""
    empty = Course(START).checkpoint("T+1h")
    unknown = (
        empty.drop_rate, empty.error_rate, empty.worst_errors, empty.inference_p95_ms, empty.cpu,
        empty.rss_bytes, empty.trades, empty.pnl,
    )  # fmt: skip
    assert unknown == (None,) * 8


def test_checkpoints_of_a_shorter_soak_are_at_the_same_shares() -> None:
    """S324: one, six, twelve and twenty-four hours of a day."""
    plan = Plan(hours=24, speed=20, profile="enterprise", gate="go")
    day = [Mark("T+1h", 3_600.0), Mark("T+6h", 21_600.0), Mark("T+12h", 43_200.0), Mark("T+24h", 86_400.0)]
    assert list(plan.marks) == day
    short = Plan(hours=0.4, speed=20, profile="enterprise", gate="go")
    assert [mark.at_s for mark in short.marks] == pytest.approx([60.0, 360.0, 720.0, 1_440.0])
