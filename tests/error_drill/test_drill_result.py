"""When a drill passes, and what its report says."""

from __future__ import annotations

import pytest

from flows.error_drill.page import markdown
from flows.error_drill.result import Drill, Outcome, Sight
from flows.error_drill.run import broken

GOOD = Drill(
    "a throttled feed", "nothing for 90 s", 90.0, (Sight("alert", 40.0), Sight("staleness", 31.0)),
    {"symbols": 12, "reasons": {"not_json": 60}}, 2.5, "no symbol is stale", (),
    ("tick_warn",), ("tick_warn",),
)  # fmt: skip


def outcome(*drills: Drill) -> Outcome:
    """Return the outcome of drills."""
    return Outcome("an embedded broker", "x86_64, 2 processors", "0.1.0", "2026-11-22", drills)


def test_a_drill_passes_that_was_noticed_and_mended_in_time() -> None:
    """Noticed is by the first sight."""
    assert (GOOD.passed, GOOD.noticed_s) == (True, 31.0)
    assert outcome(GOOD, GOOD).exit_code == 0


@pytest.mark.parametrize(
    "bad",
    [
        GOOD._replace(mttr_s=120.0),
        GOOD._replace(mttr_s=None),
        GOOD._replace(sights=()),
        GOOD._replace(wrong=("3 answers of the fallback were not advisory",)),
    ],
)
def test_too_late_never_noticed_or_wrong_is_a_failure(bad: Drill) -> None:
    """Two minutes are not under two minutes; one failure is the outcome's."""
    assert not bad.passed
    assert outcome(GOOD, bad).exit_code == 1
    assert outcome().exit_code == 1


def test_a_flow_that_ends_is_a_failure_and_not_an_error_of_the_drill() -> None:
    """Exit 1 and a report that quotes it: what is tried is whether the flows survive."""
    ended = broken("failing model", "the flow signals has ended: KeyError: 'symbol'")
    assert outcome(GOOD, ended).exit_code == 1
    assert "- FAIL: the flow signals has ended: KeyError: 'symbol'" in markdown(outcome(GOOD, ended))


def test_the_report_tells_each_drill_and_names_no_place() -> None:
    """What failed is a line of its own; what still fires is told."""
    text = markdown(outcome(GOOD, GOOD._replace(mttr_s=None, wrong=("nothing told of BTCUSDT",))))
    for words in (
        "**NOT every drill passed**", "| a throttled feed | 90.0 s | 31.0 s | 2.5 s | pass |",
        "not within 120 s | FAIL", "- FAIL: nothing told of BTCUSDT", "| reasons | not_json 60 |",
        "Alerts that fired: tick_warn; still firing: tick_warn.",
    ):  # fmt: skip
        assert words in text
    assert "/tmp" not in text
    assert "/work" not in text
