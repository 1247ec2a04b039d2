"""The verdict: what the gates of the rules file say of given figures, in numbers and in words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from connectors.config_file import ConfigError
from connectors.settings import Settings
from connectors.start_values import gates
from models.training.judging.calibration_floor import Floor
from models.training.judging.gates import against_chance, judge
from models.training.judging.intervals import Interval
from models.training.judging.limits import Gates, Limit
from models.training.judging.metrics import Base, Metrics, measure

GATES = Gates(Limit("at_least", 0.65), Limit("below", 0.1), Limit("at_most", 80.0))


def figures(
    accuracy: tuple[float, float | None, float | None] = (0.7, 0.66, 0.74),
    ece: tuple[float, float, float] = (0.03, 0.0, 0.05),
    auc: tuple[float, float | None, float | None] = (0.75, 0.7, 0.8),
    majority: float = 0.52,
) -> Metrics:
    """Return the figures of a model with these values and intervals, worth 2,400 independent rows."""
    some = measure(
        np.array([1, 0] * 50, dtype=np.int8), np.full(100, 0.5), np.arange(100), np.zeros(100, dtype=int),
        horizon_s=1, entry=0.55, exit=0.45, seed=1, draws=10,
    )  # fmt: skip
    made = {
        name: Interval(*value, 86_400, 2_400.0)
        for name, value in (("accuracy", accuracy), ("ece", ece), ("auc", auc))
    }
    floor = Floor(0.02, 0.04, 0.002, 0.004, 400)
    return replace(some, **made, ece_floor=floor, base=Base(majority, majority, 0.69, 0.25))


def test_a_good_model_passes_every_gate() -> None:
    """And has an edge."""
    found = judge(GATES, figures(), 0.2)

    assert found.passed and found.edge
    assert {name: gate.passed for name, gate in found.gates.items()} == {
        "accuracy": True, "ece": True, "inference_p95_ms": True,
    }  # fmt: skip


def test_a_coin_is_called_a_coin() -> None:
    """In the words of the card."""
    found = judge(GATES, figures((0.507, 0.498, 0.516), auc=(0.51, 0.5, 0.52)), 0.2)

    assert found.gates["accuracy"].sentence == (
        "accuracy 0.507, 95 % interval 0.498 to 0.516 (86,400 rows worth 2,400 independent ones): "
        "no better than a coin; fails the gate ≥ 0.65"
    )
    assert not found.passed and not found.edge
    assert found.edge_sentence == (
        "no edge shown: accuracy and AUC not above chance; accuracy at least 0.498 against 0.520 of always "
        "naming the commoner side, AUC at least 0.500 against 0.5 (low ends of 95 % intervals)"
    )


@pytest.mark.parametrize(
    ("accuracy", "majority", "said"),
    [
        ((0.56, 0.54, 0.58), 0.52, "better than always naming the commoner side (0.520)"),
        ((0.56, 0.54, 0.58), 0.55, "no better than always naming the commoner side (0.550)"),
        ((0.51, 0.49, 0.53), 0.50, "no better than a coin"),
        ((0.46, 0.44, 0.48), 0.52, "worse than a coin"),
        ((0.9, None, None), 0.5, "too short a history to tell it from chance"),
    ],
)
def test_an_accuracy_is_compared_with_knowing_nothing(
    accuracy: tuple[float, float | None, float | None], majority: float, said: str
) -> None:
    """By its interval, not by its value."""
    assert against_chance(figures(accuracy, majority=majority)) == said


def test_an_edge_needs_both_low_ends_above_chance() -> None:
    """Accuracy above the commoner side and AUC above a half."""
    assert judge(GATES, figures((0.54, 0.53, 0.55)), 1).edge
    assert not judge(GATES, figures((0.54, 0.515, 0.55)), 1).edge
    assert not judge(GATES, figures(auc=(0.52, 0.495, 0.54)), 1).edge
    short = judge(GATES, figures(auc=(0.9, None, None)), 1)
    assert not short.edge and short.edge_sentence.startswith("edge unknown")


def test_a_pass_by_luck_is_said_to_be_one() -> None:
    """The value keeps the limit, its interval does not."""
    assert (
        judge(GATES, figures((0.66, 0.63, 0.69)), 1)
        .gates["accuracy"]
        .sentence.endswith("passes the gate ≥ 0.65, though its interval reaches below that")
    )


def test_a_calibration_error_is_compared_with_its_floor() -> None:
    """Below the floor's upper end nothing is proved against the model."""
    told, untold = (judge(GATES, figures(ece=(v, 0.0, 0.2)), 1).gates["ece"] for v in (0.12, 0.03))

    assert "more than chance explains" in told.sentence and not told.passed
    assert "cannot be told from perfect calibration" in untold.sentence and untold.passed


@pytest.mark.parametrize(
    ("limit", "holds"),
    [
        (Limit("at_least", 0.5), (False, True, True)),
        (Limit("above", 0.5), (False, False, True)),
        (Limit("at_most", 0.5), (True, True, False)),
        (Limit("below", 0.5), (True, False, False)),
    ],
)
def test_limits_are_as_strict_as_they_are_written(limit: Limit, holds: tuple[bool, ...]) -> None:
    """At the very threshold, and NaN keeps none."""
    assert tuple(limit.holds(value) for value in (0.4, 0.5, 0.6)) == holds
    assert not limit.holds(float("nan"))


def test_the_verdict_goes_into_a_card() -> None:
    """As plain values that JSON can hold."""
    found = judge(GATES, figures(), 0.2)
    card = found.as_dict()

    assert json.loads(json.dumps(card, allow_nan=False)) == card
    assert card["passed"] is True and card["inference_p95_ms"] == {
        "value": 0.2, "low": None, "high": None, "operator": "at_most", "threshold": 80.0, "passed": True,
        "sentence": "one row takes 0.2 ms at the 95th percentile; passes the gate ≤ 80",
    }  # fmt: skip
    assert found.edge_dict()["found"] is True


def test_the_gates_are_those_of_the_rules_file() -> None:
    """Accuracy of 65 %, an ECE below 0.1, 80 ms for one row."""
    assert gates(Settings(_env_file=None)) == GATES


@pytest.mark.parametrize(
    "wrong", ["{atleast: 0.65}", "{at_least: 0.65, below: 1}", "{}", "0.65", "{at_least: x}"]
)
def test_a_gate_that_is_not_one_limit_is_refused(wrong: str, tmp_path: Path) -> None:
    """With the file and the place."""
    rules = tmp_path / "rules.yml"
    text = Path("configs/rules.yml").read_text(encoding="utf-8")
    rules.write_text(text.replace("{at_least: 0.65}", wrong), encoding="utf-8")

    with pytest.raises(ConfigError, match=r"rules\.yml(.|\n)*models\.gates\.accuracy"):
        gates(Settings(_env_file=None, rules_file=rules))
