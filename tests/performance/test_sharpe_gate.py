"""Half a point of Sharpe ratio over buying and holding: passed, failed, or not to be said."""

from __future__ import annotations

import numpy as np
import pytest
from made_trades import curve, marks

from models.performance.gate import gate_of_curves, sharpe_gate
from models.performance.periods import DAY_S


@pytest.mark.parametrize(
    ("strategy", "benchmark", "passed", "why"),
    [
        (1.5, 1.0, True, "passed: a Sharpe ratio of 1.50 against 1.00 of buying and holding, "
         "a lead of +0.50 where +0.50 is asked for"),
        (1.49, 1.0, False, "failed: a Sharpe ratio of 1.49 against 1.00 of buying and holding, "
         "a lead of +0.49 where +0.50 is asked for"),
        (-0.4, -1.0, True, "passed: a Sharpe ratio of -0.40 against -1.00 of buying and holding, "
         "a lead of +0.60 where +0.50 is asked for"),
        (None, 1.0, None, "the strategy has no Sharpe ratio: it made no trade, or the span is too short"),
        (1.0, None, None,
         "buying and holding has no Sharpe ratio: the price did not move, or the span is too short"),
    ],
)  # fmt: skip
def test_the_verdict_and_its_words(
    strategy: float | None, benchmark: float | None, passed: bool | None, why: str
) -> None:
    """The lead is relative: a lesser loss than the market's passes too."""
    gate = sharpe_gate(strategy, benchmark, 90)
    assert (gate.passed, gate.why, gate.needed) == (passed, why, 0.5)


def test_a_shorter_span_is_said() -> None:
    """The target was set for 90 days."""
    assert sharpe_gate(2.0, 1.0, 0.5).why.endswith("(over 0.5 days; the gate is meant for 90)")


def test_only_the_last_ninety_days_count() -> None:
    """A hundred days of ruin before them change nothing."""
    rng = np.random.default_rng(2)
    recent, ruin = rng.normal(0.002, 0.01, 90), np.full(100, -0.03)
    flat = np.where(np.arange(190) % 2 == 0, 0.001, -0.001)
    long = gate_of_curves(marks(191, DAY_S), curve(np.concatenate([ruin, recent])), curve(flat))
    short = gate_of_curves(marks(91, DAY_S), curve(recent), curve(flat[100:]))
    assert long.strategy_sharpe == pytest.approx(recent.mean() / recent.std(ddof=1) * np.sqrt(365))
    assert long.strategy_sharpe == pytest.approx(short.strategy_sharpe)
    assert (long.passed, "meant for" in long.why) == (True, False)
