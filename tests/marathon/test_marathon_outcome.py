"""What is said of a run of the trial, from records made by hand: each fault must show as itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from flows.marathon_trial.cases import FAULTY, GOOD, SPARSE, Case
from flows.marathon_trial.evidence import Figures, Said, figures
from flows.marathon_trial.outcome import Outcome, outcome
from flows.marathon_trial.run import Ran

CHALLENGER = "flow-reader@" + "ab" * 32
FIGURES = Figures(ece=0.031, outcomes=70_000, minutes=2_860)


def event(name: str, ts: int, **more: Any) -> dict[str, Any]:
    """Return a record of a run, without its number."""
    plain = {"event": name, "ts": ts, "from": "running", "to": "running", "phase": "10 %", "reason": "why"}
    return plain | {"numbers": {}, "checks": []} | more


def check(ts: int, ece: float | None = 0.033, samples: int = 2_850) -> dict[str, Any]:
    """Return a check of a run."""
    found = [{"criterion": "ece", "value": ece}]
    return event("check", ts, checks=found, numbers={"samples": samples})


def numbered(*bodies: dict[str, Any]) -> list[dict[str, Any]]:
    """Return records with their numbers."""
    return [body | {"ordinal": place} for place, body in enumerate(bodies)]


def ordered(cmd: str, **more: Any) -> dict[str, Any]:
    """Return the audit of a command of the guard's."""
    return {"event": "command", "role": "guard", "cmd": cmd, "accepted": True, "ts": 0} | more


def ran(case: Case, **changes: Any) -> Ran:
    """Return a run that is as it must be."""
    last = {"promoted": "model.promote", "rolled_back": "rollback"}.get(case.ends)
    ends = [event(case.ends, 900)] if case.ends else []
    decision = event("decision", 900, numbers={"decision": case.decision})
    records = {
        "rollout": numbered(event("started", 0), check(300), check(600), *ends, decision),
        "alerts": numbered(event("firing", 300)),
        "audit.guard": numbered(ordered("rollout"), *([ordered(last)] if last else [])),
    }
    refused = f"bundle '{CHALLENGER}' was rolled back (ece): allow it first" if case is FAULTY else ""
    model = CHALLENGER if case.ends == "promoted" else case.incumbent
    plain = Ran(case, CHALLENGER, records, {"model": model}, refused, 1_000, 60.0)
    return replace(plain, **changes)


def wrong(found: Outcome) -> list[str]:
    """Return what does not hold."""
    return [one.what for one in found.looked if not one.holds]


@pytest.mark.parametrize("case", [GOOD, FAULTY, SPARSE], ids=lambda case: case.name)
def test_a_run_as_it_must_be_holds(case: Case) -> None:
    """Whatever it is to end with."""
    found = outcome(ran(case), FIGURES)
    assert wrong(found) == []
    assert found.as_dict()["decisions"] == [{"decision": case.decision}]


def test_another_decision_shows() -> None:
    """A faulty challenger that was promoted: decision, steps, orders, model, and no second start."""
    found = outcome(replace(ran(GOOD), case=FAULTY), FIGURES)
    assert wrong(found) == [
        "the last decision", "the steps of the run", "what the guard ordered", "the model in use afterwards",
        "a second start",
    ]  # fmt: skip


def test_a_record_that_is_missing_or_told_twice_shows() -> None:
    """By the numbers, and by two checks of one second."""
    good = ran(GOOD)
    rollout = good.records["rollout"]
    lost = good.records | {"rollout": rollout[:2] + rollout[3:]}
    twice = good.records | {"rollout": numbered(*rollout[:3], *rollout[2:])}
    assert wrong(outcome(replace(good, records=lost), FIGURES)) == ["numbers on rollout"]
    assert wrong(outcome(replace(good, records=twice), FIGURES)) == ["checks of one second"]


def test_a_step_ordered_twice_shows() -> None:
    """As by a guard that forgot what it had sent."""
    good = ran(GOOD)
    audit = numbered(ordered("rollout"), ordered("rollout"), ordered("model.promote"))
    records = good.records | {"audit.guard": audit}
    assert wrong(outcome(replace(good, records=records), FIGURES)) == ["what the guard ordered"]


def test_figures_that_the_signals_do_not_bear_out_show() -> None:
    """A calibration error half a point away, and 100 minutes too few; a missing one is no figure."""
    found = outcome(ran(GOOD), Figures(ece=0.02, outcomes=70_000, minutes=3_000))
    assert wrong(found) == ["calibration error", "effective outcomes"]
    silent = ran(GOOD).records | {"rollout": numbered(event("started", 0), check(300, ece=None))}
    looked = outcome(replace(ran(GOOD), records=silent), FIGURES).looked
    assert "calibration error" not in [one.what for one in looked]


def test_figures_by_hand() -> None:
    """Ten minutes of seconds, a price that rises for five and falls for five, and one probability.

    Of the 540 seconds with a minute ahead, the price is higher a minute later in those whose minute ends
    before the fall has undone the rise: seconds 0 to 269; at 270 it is the same. So 270 of 539 are up, and
    0.75 is said of each. The run begins at second 60: it has the minutes 1 to 9.
    """
    second = np.arange(600)
    price = 100.0 + np.minimum(second, 600 - second)
    said = Said(second, price, np.ones(600, dtype=np.bool_), np.full(600, 0.75))
    found = figures(said, 0, 600)
    assert found.outcomes == 539
    assert found.ece == pytest.approx(0.75 - 270 / 539)
    assert found.minutes == 9


def test_an_old_trade_makes_no_label() -> None:
    """Trades at the first second alone: six seconds later it is too old at both ends."""
    second = np.arange(100)
    traded = second == 0
    said = Said(second, np.full(100, 5.0) + second, traded, np.full(100, 0.6))
    assert figures(said, 0, 600).outcomes == 0
