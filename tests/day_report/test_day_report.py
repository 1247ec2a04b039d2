"""The whole report: every section of the template, with figures from what was told, or with "no data"."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connectors.profile_file import read_profile
from connectors.rules_file import reactions
from flows.day_report.page import markdown
from flows.day_report.report import Read, report
from flows.day_report.window import day, last
from models.rollout.plan import Checked
from models.spec import SECOND
from tests.day_report.told import DAY_S, alert, move, score, stale
from tests.slo.bodies import START, body

CONFIGS = Path(__file__).parents[2] / "configs"
PROFILES = {name: read_profile(CONFIGS / "profiles" / f"{name}.yml") for name in ("spark", "enterprise")}
BASE = reactions(CONFIGS / "rules.yml")
DAY = day(date(2023, 11, 15))
MADE = (DAY_S + 90_000) * SECOND
HEADS = (
    "# 24-hour report: 2023-11-15", "## Summary", "## How many scores", "## Calibration",
    "## Parts of the signal", "## Breaches", "## What was collected", "## Actions", "## Next step",
    "Prepared by: levibot report day, 2023-11-16T01:00:00+00:00", "Reviewed by: ____", "Approved by: ____",
)  # fmt: skip


def made(read: Read, profile: str = "spark") -> dict[str, Any]:
    """Return a report."""
    return report(read, PROFILES[profile], BASE, 30.0, MADE)


@pytest.fixture(scope="module")
def good() -> dict[str, Any]:
    """A day on which every criterion of the phased rollout holds."""
    read = Read(DAY, guarded=True)
    for second in range(0, 600, 10):
        read.levels.take(body(
            second, counts={"used": 50, "rows": 100, "ml_score": 4, "buy": 1}, latency={"score_e2e": [99.0]},
            confid=[0.61] * 100, tenths=[5] * 30 + [3] * 70,
        ))  # fmt: skip
    for second in range(60):
        read.scores.take(score(second, parts=(0.1 * second, 0.5, -0.1 * second)))
    read.moves = [move(1, "started", "canary", at=-90_000), move(2, "entered", "10 %", at=-80_000)]
    return made(read)


def lines(found: dict[str, Any]) -> dict[str, str]:
    """Return the outcome of each criterion."""
    return {line["name"]: line["outcome"] for line in found["criteria"]["lines"]}


def test_a_day_without_anything_has_no_figure_at_all() -> None:
    """Null and "no data" everywhere, and not one 0; nothing passes."""
    found = made(Read(DAY))
    assert {row["value"] for row in found["summary"]} == {None}
    assert {row["state"] for row in found["summary"]} <= {"no data", "no rule"}
    assert found["cardinality"]["total"] is None
    assert {one["scores"] for one in found["calibration"]["buckets"]} == {None}
    assert (found["breaches"]["critical"], found["breaches"]["minor"]) == (None, None)
    assert set(lines(found).values()) == {"no-data"}
    assert found["criteria"]["answer"] == "UNKNOWN"
    assert "no data" in markdown(found)


def test_the_page_has_every_section_of_the_template(good: dict[str, Any]) -> None:
    """In the order of the owner's template, signed by nobody yet."""
    text = markdown(good)
    places = [text.index(head) for head in HEADS]
    assert places == sorted(places)


def test_a_good_day_passes_all_eight(good: dict[str, Any]) -> None:
    """And the next phase is what comes next."""
    assert lines(good) == dict.fromkeys(
        ("latency", "staleness", "errors", "scores", "confidence", "breaches", "dlq", "balanced"), "success"
    )
    assert good["criteria"]["answer"] == "GO"
    assert good["next_step"] == "Go on from phase '10 %' to '50 %' once its time is up."
    assert (good["phase"]["phase"], good["phase"]["seconds"]) == ("10 %", DAY.end // SECOND - DAY_S + 80_000)
    assert good["actions"] == []


def test_summary_figures_carry_their_samples_and_their_state(good: dict[str, Any]) -> None:
    """The p95 of 60 latencies of 99 ms, on target; no tick became stale; 24 scores a minute."""
    rows = {row["name"]: row for row in good["summary"]}
    assert (rows["p95"]["value"], rows["p95"]["n"], rows["p95"]["state"]) == (99.0, 60, "target")
    assert rows["p95"]["worst_hour"]["ts"] == START // 3_600 * 3_600 * SECOND
    assert (rows["staleness"]["value"], rows["staleness"]["below"]) == (None, 30.0)
    assert (rows["error rate"]["value"], rows["error rate"]["n"]) == (0.0, 6_000)
    assert (rows["scores a minute"]["value"], rows["scores a minute"]["n"]) == (24.0, 240)
    assert rows["hit rate"]["state"] == "no data"
    assert rows["critical incidents a day"]["value"] == 0.0
    tenth = good["calibration"]["buckets"][0]
    assert (tenth["bucket"], tenth["scores"], tenth["share"], tenth["n"]) == (0.5, 1_800, 0.3, 0)


def test_what_fired_becomes_a_breach_an_action_and_a_failed_criterion() -> None:
    """Five breaches are not fewer than five; a shard that was 61 s stale is critical."""
    read = Read(DAY, guarded=True)
    read.scores.take(score(10))
    read.staleness = [stale("crossed", "BTCUSDT", 100, 30.0), stale("recovered", "BTCUSDT", 131)]
    read.alerts = [alert(n, "firing", f"rule{n}", at=n, since=n, severity="P1") for n in range(5)]
    found = made(read)
    assert (lines(found)["breaches"], lines(found)["staleness"]) == ("fail", "fail")
    assert found["criteria"]["answer"] == "NO-GO"
    assert [one["what"] for one in found["actions"]][:2] == ["look into rule0", "look into rule1"]
    assert "consider rollout phase=preview" in {one["what"] for one in found["actions"]}
    stands = {row["name"]: (row["value"], row["state"]) for row in found["summary"]}
    assert stands["staleness"] == (61.0, "critical")
    assert stands["minor incidents a day"] == (5.0, "no rule")
    assert len(found["breaches"]["top"]) == 3
    assert found["next_step"].startswith("Stay, or roll back")


def test_what_is_measured_nowhere_else_is_the_guards_last_check() -> None:
    """The enterprise gate asks for the time of a kill, which only the guard knows."""
    read = Read(DAY)
    read.checks = [Checked("mttr", "success", 0.4, 2, "0.4, wanted < 120")]
    assert lines(made(read, "enterprise"))["mttr"] == "success"


def test_the_collection_tells_what_disturbed_it() -> None:
    """S315, S317: weights stay fixed while data are collected, low confidence is marked."""
    read = Read(DAY)
    sent = [("weights.set", True), ("calibration.mark", True), ("kill", False)]
    read.commands = [{"ts": DAY.start + n, "cmd": cmd, "accepted": ok} for n, (cmd, ok) in enumerate(sent)]
    found = made(read)["collection"]
    assert (found["weights_changed"], found["calibration_marks"]) == (1, 1)
    assert (found["commands"], found["refused"]) == (2, 1)


def test_windows_are_days_and_stretches() -> None:
    """A day ends where the next begins; a stretch ends with the newest instant and holds it."""
    assert (DAY.seconds, DAY.day) == (86_400.0, date(2023, 11, 15))
    stretch = last(3_600.0, DAY.end - 1)
    assert (stretch.end, stretch.seconds, stretch.holds(DAY.end - 1)) == (DAY.end, 3_600.0, True)
