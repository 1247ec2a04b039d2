"""Decision records: what was decided, on which figures, and what would have changed it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from models.rollout.events import Approve, Check, RollBack, Start
from models.rollout.machine import Machine
from models.rollout.plan import Checked, Criterion, Op, Phase, Plan
from tests.rollout.rollouts import MODEL

ECE = Criterion("ece", "calibration.ece", "model", "<=", 0.06, least_n=200, requirement="S102")
TRADES = Criterion("trades", "shadow.trades", "all", ">=", 20, critical=False, requirement="S102")
P95 = Criterion("p95", "latency.p95", "all", "<", 1000, requirement="S096")
PLAN = Plan(
    "marathon",
    (Phase("10 %", 0.1, dwell_s=600, least_samples=30, criteria=(ECE, TRADES, P95), approve=True),),
    check_every_s=300, fails=2, inconclusives=3, of="challenger",
)  # fmt: skip
GOOD = (
    Checked("ece", "success", 0.045, 300, "measured"),
    Checked("trades", "success", 25.0, None, "measured"),
    Checked("p95", "success", 800.0, 4_000, "measured"),
)


def decision(*events: Any) -> dict[str, Any]:
    """Return the decision that events lead to, as a reader of its record gets it."""
    machine = Machine(PLAN)
    told = [one for event in (Start("run-1", MODEL, 0), *events) for one in machine.step(event)]
    found = [one for one in told if one.event == "decision"]
    assert len(found) == 1
    decided: dict[str, Any] = orjson.loads(orjson.dumps(found[0].as_dict()))["numbers"]
    return decided


def test_a_promotion_says_how_far_each_criterion_was_from_failing() -> None:
    """Two checks to fill the dwell time, an approval, and one check more."""
    found = decision(Check(300, GOOD, 20), Check(600, GOOD, 40), Approve(601, "ann"), Check(900, GOOD, 60))
    assert {name: found[name] for name in found if name not in ("criteria", "reason")} == {
        "decision": "PROMOTE", "profile": "marathon", "run": "run-1", "model": MODEL, "phase": "10 %",
        "second": 900, "dwell_s": 900, "dwell_needed_s": 600, "samples": 60, "samples_needed": 30,
        "would_change": [
            "ece: fails where calibration.ece gets worse by more than 0.015",
            "p95: fails where latency.p95 gets worse by 200 or more",
        ],
    }  # fmt: skip
    assert found["reason"].endswith("all of 2 critical criteria hold, approved by ann")


def test_of_each_criterion_it_has_the_number_and_the_sample_size() -> None:
    """With the owner's row, the limit, the distance to it, and how often it came out how."""
    found = decision(Check(300, GOOD, 20), RollBack(400, "ann", "no good"))
    assert found["criteria"][0] == {
        "criterion": "ece", "requirement": "S102", "metric": "calibration.ece", "scope": "model", "op": "<=",
        "limit": 0.06, "critical": True, "outcome": "success", "value": 0.045, "n": 300, "least_n": 200,
        "room": pytest.approx(0.015), "change": "fails where calibration.ece gets worse by more than 0.015",
        "counts": {"success": 1, "fail": 0, "inconclusive": 0, "error": 0, "no_data": 0,
                   "fails_in_row": 0, "unsure_in_row": 0},
    }  # fmt: skip
    assert [row["criterion"] for row in found["criteria"]] == ["ece", "trades", "p95"]


def test_a_rollback_says_what_is_missing_and_that_a_person_must_ask_again() -> None:
    """Time, samples, and by how much a failed criterion must get better."""
    bad = (Checked("ece", "fail", 0.08, 300, "measured"), *GOOD[1:])
    found = decision(Check(300, bad, 10), Check(600, bad, 20))
    assert (found["decision"], found["reason"]) == ("ROLLBACK", "ece: 2 failed checks in a row")
    assert found["would_change"] == [
        "10 samples more",
        "ece: needs calibration.ece better by 0.02 or more to hold calibration.ece <= 0.06",
        "a retry, which a person must ask for",
    ]
    assert found["criteria"][0]["room"] == pytest.approx(-0.02)


def test_an_extension_says_what_is_still_to_be_shown() -> None:
    """At the first check behind the dwell time: samples of the phase, and those of a criterion."""
    thin = (Checked("ece", "inconclusive", 0.09, 150, "150 of 200 samples"), *GOOD[1:])
    found = decision(Check(300, thin, 5), Check(600, thin, 12))
    assert found["decision"] == "EXTEND"
    assert found["would_change"] == [
        "18 samples more",
        "ece: needs 50 samples more to judge calibration.ece <= 0.06",
    ]


def test_before_the_first_check_nothing_has_been_measured() -> None:
    """Which the record of an early rollback says of every criterion."""
    found = decision(RollBack(10, "kill", "drift"))
    assert [(row["outcome"], row["value"], row["room"]) for row in found["criteria"]] == [
        ("no-data", None, None)
    ] * 3
    assert found["would_change"][:3] == [
        "600 s more", "30 samples more", "ece: needs a measurement of calibration.ece <= 0.06",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("op", "value", "outcome", "change"),
    [
        ("<=", 1.5, "fail", "needs m better by 0.5 or more to hold m <= 1"),
        ("<", 1.5, "fail", "needs m better by more than 0.5 to hold m < 1"),
        (">=", 0.5, "fail", "needs m better by 0.5 or more to hold m >= 1"),
        (">", 0.5, "fail", "needs m better by more than 0.5 to hold m > 1"),
        ("<=", 1.0, "success", "fails where m gets worse by more than 0"),
        ("<", 0.5, "success", "fails where m gets worse by 0.5 or more"),
        (">=", 1.5, "success", "fails where m gets worse by more than 0.5"),
        (">", 1.5, "success", "fails where m gets worse by 0.5 or more"),
        ("<=", 1.5, "inconclusive", "needs m better by 0.5 or more to hold m <= 1"),
    ],
)
def test_what_would_change_an_outcome_keeps_to_the_operator(
    op: Op, value: float, outcome: Any, change: str
) -> None:
    """At the limit itself a strict criterion fails and another one holds."""
    only = Criterion("c", "m", "all", op, 1.0)
    machine = Machine(Plan("p", (Phase("1", 1.0, dwell_s=9, criteria=(only,)),), 1, fails=9, inconclusives=9))
    machine.step(Start("run", MODEL, 0))
    machine.step(Check(1, (Checked("c", outcome, value, None, ""),), 0))
    assert machine.step(RollBack(1, "ann", "asked"))[1].numbers["criteria"][0]["change"] == change
