"""What a reader must be told: too good to be true, too few trades, too short a time."""

from __future__ import annotations

import numpy as np
from made_trades import curve, marks, trade

from models.performance.caveats import caveats
from models.performance.figures import Figures
from models.performance.metrics import metrics
from models.performance.periods import DAY_S


def figures(mean: float, *, count: int = 720, step_s: int = 60, trades: int = 50) -> Figures:
    """Return the figures of noise of 0.1 % a step with a given mean, exactly, and so many trades."""
    noise = np.random.default_rng(4).normal(0, 0.001, count)
    returns = noise - noise.mean() + mean
    return metrics(marks(count + 1, step_s), curve(returns), [trade(1.0, at_s=i) for i in range(trades)])


def test_half_a_day_without_an_edge_can_show_any_ratio_and_is_not_accused() -> None:
    """A mean of a twentieth of the noise: a Sharpe ratio of 37 over twelve hours is 1.3 standard errors."""
    lucky = figures(0.00005)
    assert 35 < (lucky["sharpe"] or 0) < 39
    assert [text for text in caveats(lucky) if "too good" in text] == []


def test_a_ratio_beyond_belief_and_beyond_chance_points_to_a_look_into_the_future() -> None:
    """A mean as large as the noise, minute by minute, is nobody's."""
    assert caveats(figures(0.001))[0].startswith("too good to be true: a Sharpe ratio of 715.8; ")
    assert "levibot verify lookahead" in caveats(figures(0.001))[0]


def test_a_look_into_the_future_may_show_before_costs_alone() -> None:
    """What it earns is eaten by fees; the signals are no more honest for that."""
    found = caveats(figures(-0.0001), figures(0.001))
    assert found[0].startswith("too good to be true before costs: a Sharpe ratio of 715.8; ")
    assert [text for text in caveats(figures(-0.0001), figures(0.0)) if "too good" in text] == []


def test_few_trades_are_no_proof_of_anything() -> None:
    """Under thirty they are named, and an impossible ratio is not held against them."""
    assert (
        caveats(figures(0.001, trades=29))[0] == "only 29 trades: figures of under 30 trades are mostly luck"
    )
    assert caveats(figures(0.001, trades=1))[0].startswith("one trade: ")
    assert caveats(figures(0.001, trades=0))[0].startswith("no trade: ")


def test_a_short_span_is_named_and_a_long_one_with_many_trades_has_no_caveat() -> None:
    """Hours, days, and a month, which is enough."""
    assert caveats(figures(0.0)) == [
        "12.0 hours: an annualised figure carries what happened in them over a whole year"
    ]
    assert caveats(figures(0.0, count=240, step_s=3_600))[0].startswith("10.0 days: ")
    assert caveats(figures(0.0, count=30, step_s=DAY_S)) == []


def test_positions_still_open_are_named() -> None:
    """They are in equity and in no figure of trades."""
    month = figures(0.0, count=30, step_s=DAY_S)
    assert caveats(month, open_positions=1) == [
        "one position is still open: in equity at the last price, in no figure of trades"
    ]
    assert caveats(month, open_positions=2)[0].startswith("2 positions are still open")
