"""The guard of a stored baseline: does the same backtest still earn the Sharpe ratio that it once did?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from models.performance.result import Result

FORMAT = 1
FALL = 0.10
"""A baseline above zero may be fallen short of by this share of it; one at or below zero by this much."""

Verdict = Literal["holds", "fell", "unclear"]
_SAME = ("symbol", "from_ts", "to_ts", "currency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The verdict on a result against its baseline, with the least Sharpe ratio that would have held."""

    verdict: Verdict
    sharpe: float | None
    baseline_sharpe: float | None
    least: float | None
    why: str


def baseline_of(result: Result) -> dict[str, Any]:
    """Return what is stored of a result as the baseline of later ones."""
    same = {name: getattr(result, name) for name in _SAME}
    return {"format": FORMAT, **same, "model": result.model, "sharpe": result.metrics["sharpe"]}


def least_sharpe(baseline: float) -> float:
    """Return the lowest Sharpe ratio that holds against a baseline.

    Above zero it is nine tenths of the baseline. A tenth of nothing, or of a loss, says nothing sensible (it
    would forbid any change at zero, and allow more the worse the baseline is), so there it is an absolute
    0.1 below the baseline.
    """
    return baseline * (1 - FALL) if baseline > 0 else baseline - FALL


def against(baseline: Mapping[str, Any], result: Result) -> Finding:
    """Return whether a result holds against a stored baseline (``baseline_of``).

    The model may be another one: that is what is guarded. Symbol, period and currency must be the same, or
    the verdict is ``unclear``; so it is where the baseline has no Sharpe ratio. A result without one has
    fallen.
    """
    stored, sharpe = baseline.get("sharpe"), result.metrics["sharpe"]
    if baseline.get("format") != FORMAT or not isinstance(stored, int | float | None):
        return _unclear(sharpe, None, f"not a baseline of format {FORMAT}: store it again")
    if other := [name for name in _SAME if baseline.get(name) != getattr(result, name)]:
        return _unclear(
            sharpe, stored, f"the baseline is of another {_names(other)}: store one of this backtest"
        )
    if stored is None:
        return _unclear(sharpe, None, "the baseline has no Sharpe ratio: store one over a longer period")
    return _compared(stored, sharpe)


def _compared(stored: float, sharpe: float | None) -> Finding:
    least = least_sharpe(stored)
    holds = sharpe is not None and sharpe >= least
    found = "no Sharpe ratio" if sharpe is None else f"a Sharpe ratio of {sharpe:.4g}"
    why = f"{found} against {stored:.4g} of the baseline, {least:.4g} would still have held"
    return Finding(
        verdict="holds" if holds else "fell", sharpe=sharpe, baseline_sharpe=stored, least=least, why=why
    )


def _unclear(sharpe: float | None, stored: float | None, why: str) -> Finding:
    return Finding(verdict="unclear", sharpe=sharpe, baseline_sharpe=stored, least=None, why=why)


def _names(fields: list[str]) -> str:
    words = {"from_ts": "beginning", "to_ts": "end"}
    return " and ".join(words.get(name, name) for name in fields)
