"""The owner's four words for a figure, at every limit and on both sides of it."""

from __future__ import annotations

import math

import pytest

from models.performance.grades import SCALES, grades

NOTHING = {"sharpe": None, "win_rate": None, "max_drawdown": None, "average_trade_pct": None}


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("sharpe", -3.0, "below"),
        ("sharpe", 1.2, "below"),
        ("sharpe", 1.21, "target"),
        ("sharpe", 1.49, "target"),
        ("sharpe", 1.5, "good"),
        ("sharpe", 1.8, "good"),
        ("sharpe", 2.0, "good"),
        ("sharpe", 2.01, "excellent"),
        ("win_rate", 0.52, "below"),
        ("win_rate", 0.521, "target"),
        ("win_rate", 0.55, "good"),
        ("win_rate", 0.58, "good"),
        ("win_rate", 0.60, "good"),
        ("win_rate", 0.601, "excellent"),
        ("max_drawdown", 0.15, "below"),
        ("max_drawdown", 0.149, "target"),
        ("max_drawdown", 0.131, "target"),
        ("max_drawdown", 0.13, "good"),
        ("max_drawdown", 0.10, "good"),
        ("max_drawdown", 0.099, "excellent"),
        ("max_drawdown", 0.0, "excellent"),
        ("average_trade_pct", 0.0, "below"),
        ("average_trade_pct", 0.01, "target"),
        ("average_trade_pct", 0.5, "good"),
        ("average_trade_pct", 1.0, "good"),
        ("average_trade_pct", 1.5, "good"),
        ("average_trade_pct", 1.51, "excellent"),
    ],
)
def test_each_limit_parts_two_words(name: str, value: float, word: str) -> None:
    """'> 1.2' must be passed, '1.5-1.8' begins at 1.5 and lasts until '> 2.0' begins."""
    assert grades(**{**NOTHING, name: value}) == {**NOTHING, name: word}


def test_a_missing_figure_has_no_grade() -> None:
    """No trades is no win rate, which is neither good nor bad; a NaN is no figure either."""
    assert grades(None, None, None, None) == NOTHING
    assert grades(math.nan, None, None, None) == NOTHING


@pytest.mark.parametrize("name", sorted(SCALES))
def test_a_better_word_is_never_earned_by_a_worse_figure(name: str) -> None:
    """From the worst to the best figure the words only rise."""
    order = ["below", "target", "good", "excellent"]
    figures = [i / 1_000 for i in range(-500, 3_000)]
    found = [order.index(SCALES[name].word(figure) or "") for figure in figures]
    assert found == sorted(found, reverse=name == "max_drawdown")
    assert set(found) == {0, 1, 2, 3}
