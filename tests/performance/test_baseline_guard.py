"""The guard of the baseline: a tenth less than it was is less."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from made_results import made_result

from models.performance.baseline import against, baseline_of, least_sharpe
from models.performance.result import Result

MADE = made_result()


def result(sharpe: float | None, **other: Any) -> Result:
    """Return a result with this Sharpe ratio."""
    return replace(MADE, metrics={**MADE.metrics, "sharpe": sharpe}, **other)


@pytest.mark.parametrize(
    ("baseline", "sharpe", "verdict"),
    [
        (2.0, 1.8, "holds"),
        (2.0, 1.799, "fell"),
        (2.0, 5.0, "holds"),
        (0.01, 0.00901, "holds"),
        (0.01, 0.0089, "fell"),
        (0.0, -0.1, "holds"),
        (0.0, -0.101, "fell"),
        (-3.0, -3.1, "holds"),
        (-3.0, -3.101, "fell"),
        (-3.0, -2.0, "holds"),
        (2.0, None, "fell"),
        (-3.0, None, "fell"),
        (None, 2.0, "unclear"),
        (None, None, "unclear"),
    ],
)
def test_the_verdict(baseline: float | None, sharpe: float | None, verdict: str) -> None:
    """Nine tenths of what is above zero; 0.1 less than what is not; none at all has fallen."""
    finding = against(baseline_of(result(baseline)), result(sharpe))
    assert (finding.verdict, finding.sharpe, finding.baseline_sharpe) == (verdict, sharpe, baseline)


def test_a_worse_baseline_never_asks_for_more() -> None:
    """The least ratio that holds rises with the baseline, also through zero."""
    least = [least_sharpe(i / 100) for i in range(-300, 301)]
    assert least == sorted(least)


def test_the_words_name_all_three_ratios() -> None:
    """What was found, what was stored, what would have held."""
    assert against(baseline_of(result(2.0)), result(1.5)).why == (
        "a Sharpe ratio of 1.5 against 2 of the baseline, 1.8 would still have held"
    )


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"symbol": "ETHUSDT"}, "another symbol"),
        ({"from_ts": 5}, "another beginning"),
        ({"to_ts": 5, "currency": "EUR"}, "another end and currency"),
    ],
)
def test_a_baseline_of_something_else_is_no_baseline(other: dict[str, Any], words: str) -> None:
    """Neither held nor fallen."""
    finding = against(baseline_of(result(2.0, **other)), result(2.0))
    assert (finding.verdict, words in finding.why) == ("unclear", True)


def test_another_model_is_what_the_guard_is_for() -> None:
    """The stored model is named and not compared."""
    assert against(baseline_of(result(2.0, model="old")), result(2.0, model="new")).verdict == "holds"


@pytest.mark.parametrize("other", [{"format": 2}, {"format": None}, {"sharpe": "high"}, {"sharpe": [2.0]}])
def test_a_file_that_is_no_baseline_is_unclear(other: dict[str, Any]) -> None:
    """Whatever it holds, the answer is a verdict with words."""
    finding = against({**baseline_of(result(2.0)), **other}, result(2.0))
    assert (finding.verdict, finding.why) == ("unclear", "not a baseline of format 1: store it again")
