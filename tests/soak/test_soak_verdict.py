"""GO or NO-GO after a soak: the five booleans of the owner, and what is said where one does not hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.profile_file import read_profile
from flows.soak.course import Course
from flows.soak.page import Outcome, markdown
from flows.soak.plan import Plan
from flows.soak.verdict import Verdict, anomalies, verdict
from tests.slo.bodies import START, body

ENTERPRISE = read_profile(Path(__file__).parents[2] / "configs" / "profiles" / "enterprise.yml")
PLAN = Plan(hours=1, speed=20, profile="enterprise", gate="go")


def ran(kill_s: float | None = 0.4, broken_off: str = "", ms: float = 79.0, **counts: int) -> Verdict:
    """Return the verdict on a short soak."""
    course = Course(START)
    told = {"used": 9_990, "late": 10, "rows": 1_000, "errors": 4} | counts
    course.take_slo(body(0, counts=told, latency={"inference": [ms]}))
    return verdict(PLAN, ENTERPRISE, course, [course.checkpoint("T+24h")], [], kill_s, broken_off)


def test_five_that_hold_are_a_go() -> None:
    """At their limits: 79 ms, exactly 0.1 % dropped, 0.4 % errors, no crash, a kill of 0.4 s."""
    found = ran()
    assert (found.answer, found.why, found.backlog) == ("GO", "every critical criterion holds", ())


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("inference_latency", {"ms": 80.0}),
        ("drop_rate", {"late": 11}),
        ("errors", {"errors": 5}),
        ("no_crash", {"crashes": 1}),
        ("mttr", {"kill_s": 120.0}),
    ],
)
def test_one_that_fails_is_a_no_go(name: str, wrong: dict[str, Any]) -> None:
    """With a tweak, and the criterion in the backlog."""
    found = ran(**wrong)
    assert found.answer == "NO-GO"
    assert found.why.startswith(f"{name}: fail")
    assert len(found.tweaks) == 1
    assert found.backlog[0]["what"].startswith(f"bring back {name}")


def test_without_a_kill_it_cannot_be_said() -> None:
    """No data is no GO."""
    found = ran(kill_s=None)
    assert (found.answer, found.why) == ("UNKNOWN", "mttr: no-data, nothing is measured")


def test_what_was_broken_off_is_never_a_go() -> None:
    """But a NO-GO stays one."""
    cut = "interrupted after 0.50 of 1 h"
    assert (ran(broken_off=cut).answer, ran(broken_off=cut).why.partition(";")[0]) == ("UNKNOWN", cut)
    assert ran(broken_off=cut, crashes=1).answer == "NO-GO"


def test_what_grows_is_unusual() -> None:
    """Beyond one and a half times the memory; a latency that doubles below 5 ms is noise."""
    course = Course(START)
    course.take_slo(body(0, rss=100, latency={"inference": [0.1]}))
    first = course.checkpoint("T+1h")
    course.take_slo(body(10, rss=151, latency={"inference": [4.9]}))
    points = [first, course.checkpoint("T+24h")]
    assert anomalies(points, course) == ["memory grew 1.5-fold between the first and the last checkpoint"]
    course.take_slo(body(20, rss=150, latency={"inference": [5.0]}, counts={"rows": 10, "errors": 1}))
    points[1] = course.checkpoint("T+24h")
    assert anomalies(points, course) == [
        "errors in 1 buckets of five minutes, at worst 10.00% of 10 rows",
        "inference p95 grew 50.0-fold between the first and the last checkpoint",
    ]


def test_the_report_holds_the_decision_the_checkpoints_and_the_backlog() -> None:
    """As a page and as data; nothing is known of trades and of the processor, and it says so."""
    course = Course(START)
    course.take_slo(body(0, counts={"rows": 10}))
    points = (course.checkpoint("T+1h"), course.checkpoint("T+24h"))
    found = verdict(PLAN, ENTERPRISE, course, points, [], None)
    outcome = Outcome(
        PLAN, "An embedded broker", "x86_64", "0.1.0", "2026-11-22", 61.0, points, found, (), None
    )
    text = markdown(outcome)
    for words in ("# Soak: UNKNOWN", "| T+1h |", "| T+24h |", "no data", "## Backlog", "- [ ] measure mttr"):
        assert words in text
    plain = orjson.loads(orjson.dumps(outcome.as_dict()))
    assert [one["trades"] for one in plain["checkpoints"]] == [None, None]
    assert plain["answer"] == "UNKNOWN"
