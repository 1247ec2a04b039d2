"""PROMOTE, EXTEND or ROLLBACK at each edge of the owner's rules, strict and literal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from verdict.marathon_gates import GATES, WELL, one, verdict

from connectors.profile_file import profile_named
from models.rules.evaluate import Sample
from models.verdict.checking import checked, of_samples
from models.verdict.gates import BadGatesError
from models.verdict.verdict import decide

CHANCE = {"shadow__sharpe_lead": -3.0}


def test_a_marathon_that_went_well_is_promoted() -> None:
    """Five checks passed, every gate holds, and it is ready."""
    found = verdict()
    assert (found.decision, found.passed, found.ready) == ("PROMOTE", 5, True)
    assert {one.found.outcome for gate in found.gates.values() for one in gate} == {"success"}


@pytest.mark.parametrize(
    ("change", "strict", "literal"),
    [
        # S102: the five checks; one of them that is not critical may fail
        ({"calibration__ece": 0.06}, "PROMOTE", "PROMOTE"),
        ({"calibration__ece": 0.0601}, "EXTEND", "PROMOTE"),
        ({"drift__psi": 0.2}, "PROMOTE", "PROMOTE"),
        ({"drift__psi": 0.201}, "EXTEND", "PROMOTE"),
        ({"api__health": 0.0}, "EXTEND", "PROMOTE"),
        ({"shadow__trades": 20.0}, "PROMOTE", "PROMOTE"),
        ({"shadow__trades": 19.0}, "PROMOTE", "PROMOTE"),
        ({"shadow__trades": 19.0, "drift__psi": 0.3}, "EXTEND", "EXTEND"),  # three of five
        ({"shadow__trades": 19.0, "drift__psi": 0.3, "api__health": 0.0}, "ROLLBACK", "ROLLBACK"),
        # S103: what a promotion needs beside them
        ({"shadow__sharpe_lead": 0.2}, "PROMOTE", "PROMOTE"),
        ({"shadow__sharpe_lead": 0.199}, "EXTEND", "EXTEND"),
        ({"shadow__drawdown_ratio": 0.9}, "PROMOTE", "PROMOTE"),
        ({"shadow__drawdown_ratio": 0.901}, "EXTEND", "EXTEND"),
        ({"incidents__critical": 1.0}, "EXTEND", "EXTEND"),
        # S105: what rolls back
        ({"staleness__feature": 1_800.0}, "PROMOTE", "PROMOTE"),
        ({"staleness__feature": 1_801.0}, "ROLLBACK", "ROLLBACK"),
        ({"drift__critical_events": 1.0}, "ROLLBACK", "ROLLBACK"),
        ({"shadow__sharpe_lead": -0.3}, "EXTEND", "EXTEND"),
        ({"shadow__sharpe_lead": -0.301}, "ROLLBACK", "ROLLBACK"),
        # and what is promoted by one rule and rolled back by another is rolled back
        ({"shadow__sharpe_lead": 0.9, "drift__critical_events": 2.0}, "ROLLBACK", "ROLLBACK"),
    ],
)
def test_each_edge(change: dict[str, float], strict: str, literal: str) -> None:
    """With the owner's operators; literal counts checks whichever they are."""
    assert verdict(**change).decision == strict
    assert verdict(literal=True, **change).decision == literal


@pytest.mark.parametrize(
    ("missing", "strict", "literal"),
    [
        (("calibration__ece",), "EXTEND", "PROMOTE"),
        (("shadow__trades",), "PROMOTE", "PROMOTE"),
        (("shadow__sharpe_lead",), "EXTEND", "EXTEND"),
        (("calibration__ece", "drift__psi", "shadow__trades"), "EXTEND", "ROLLBACK"),
        (tuple(name.replace(".", "__") for name in WELL), "EXTEND", "ROLLBACK"),
    ],
)
def test_want_of_data_never_promotes_and_never_rolls_back(
    missing: tuple[str, ...], strict: str, literal: str
) -> None:
    """But literally, where a check that cannot be made is one that has not passed."""
    change: dict[str, Any] = dict.fromkeys(missing)
    assert verdict(**change).decision == strict
    assert verdict(literal=True, **change).decision == literal


@pytest.mark.parametrize(("lead", "strict"), [(-0.5, "EXTEND"), (-3.0, "EXTEND"), (-3.001, "ROLLBACK")])
def test_what_chance_explains_rolls_nobody_back(lead: float, strict: str) -> None:
    """Two equal models differ by as much; literally, any lead below -0.3 rolls back."""
    assert verdict(limits=CHANCE, shadow__sharpe_lead=lead).decision == strict
    assert verdict(literal=True, limits=CHANCE, shadow__sharpe_lead=lead).decision == "ROLLBACK"


def test_a_calibration_error_within_its_limit_is_no_fault_and_no_merit() -> None:
    """A calibrated model shows as much where outcomes overlap: so it is extended; beyond, it failed."""
    limits = {"calibration__ece": 0.08}
    within = verdict(limits=limits, calibration__ece=0.075)
    assert (within.decision, within.passed) == ("EXTEND", 4)
    assert within.gates["checks"][0].found.outcome == "inconclusive"
    at_the_limit = verdict(limits=limits, calibration__ece=0.08)
    assert at_the_limit.gates["checks"][0].found.outcome == "inconclusive"
    beyond = verdict(limits=limits, calibration__ece=0.081)
    assert beyond.gates["checks"][0].found.outcome == "fail"
    assert (
        verdict(literal=True, limits=limits, calibration__ece=0.075).gates["checks"][0].found.outcome
        == "fail"
    )


@pytest.mark.parametrize(
    ("change", "ready"),
    [
        ({"run__hours": 47.9}, False), ({"shadow__sharpe": 1.5}, False), ({"shadow__sharpe": 1.501}, True),
        ({"shadow__max_drawdown": 0.13}, False), ({"calibration__ece": 0.05}, False),
        ({"shadow__trades": 19.0}, True), ({"calibration__ece": 0.049}, True),
    ],
)  # fmt: skip
def test_ready_is_told_beside_the_verdict(change: dict[str, float], ready: bool) -> None:
    """Its absolutes are strict (S106), and change no decision."""
    found = verdict(**change)
    assert (found.ready, found.decision) == (ready, "PROMOTE")


def test_reasons_name_what_decided_and_what_would_change_it() -> None:
    """With numbers, in words that can stand in a record."""
    found = verdict(shadow__sharpe_lead=0.1, shadow__drawdown_ratio=1.2)
    assert found.reasons == (
        "sharpe_lead: fail (0.1, wanted >= 0.2)", "drawdown_ratio: fail (1.2, wanted <= 0.9)",
    )  # fmt: skip
    assert found.would_change == (
        "sharpe_lead: needs shadow.sharpe_lead at least 0.2: 0.1 from 0.1",
        "drawdown_ratio: needs shadow.drawdown_ratio at most 0.9: 0.3 from 1.2",
    )
    assert verdict(drift__critical_events=1.0).reasons == ("no_critical_drift: fail (1, wanted <= 0)",)
    assert verdict().would_change[0] == (
        "ece: would fail 0.02 further on, as calibration.ece <= 0.06 must hold"
    )
    assert verdict(calibration__ece=None).would_change == (
        "ece: needs a measurement of calibration.ece <= 0.06",
    )


def test_too_few_samples_show_nothing() -> None:
    """And a value that is no number is an error, not a fault of the challenger."""
    asked = one("ece", "calibration.ece", "<=", 0.06)._replace(least_n=100)
    few = checked(asked, Sample("calibration.ece", "all", 0.01, None, 99))
    assert (few.outcome, few.why) == ("inconclusive", "99 of 100 samples")
    assert checked(asked, Sample("calibration.ece", "all", 0.01, None, 100)).outcome == "success"
    assert checked(asked, Sample("calibration.ece", "all", float("inf"), None, 100)).outcome == "error"
    assert checked(asked, None).outcome == "no-data"


def test_a_profile_without_gates_has_no_verdict() -> None:
    """What is missing is named."""
    with pytest.raises(BadGatesError, match="without the gates promote, keep"):
        decide({"checks": GATES["checks"]}, of_samples({}))


def test_the_profile_of_the_marathon_decides_alike() -> None:
    """The gates of the file, on the same measurements, at the edges that tell the three decisions apart."""
    gates = profile_named(Path("configs/profiles"), "marathon").verdict
    for change in ({}, {"shadow.sharpe_lead": 0.199}, {"drift.critical_events": 1.0}, {"drift.psi": 0.201}):
        samples = {name: Sample(name, "all", value, None, 500) for name, value in (WELL | change).items()}
        own = decide(GATES, of_samples(samples)).decision
        assert decide(gates, of_samples(samples)).decision == own
