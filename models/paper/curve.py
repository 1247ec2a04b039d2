"""The equity curve: marks at minutes and hours for the rolling figures, the running peak for the drawdown."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from itertools import pairwise, repeat
from typing import Any

MINUTES = 1_440  # of a day
HOURS = 168  # of seven days
HOURS_OF_A_YEAR = 8_760  # the market never closes
FEWEST_RETURNS = 24
"""A Sharpe ratio of fewer hours says nothing."""


class Curve:
    """Marks of equity in money units, bounded: a day of minutes and a week of hours."""

    def __init__(self, start: int, saved: Mapping[str, Any] | None = None) -> None:
        kept = saved or {}
        self._start = start
        self._minute: int = kept.get("minute", -1)  # of the last mark, since the epoch
        self._minutes = deque[int](kept.get("minutes", ()), MINUTES + 1)
        self._hours = deque[int](kept.get("hours", ()), HOURS + 1)
        marks: tuple[int, int, int, int] = kept.get("marks", (start, start, start, start))
        self._now, self._peak, self._top, self._bottom = marks
        self.sharpe = sharpe(self._hours)

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as plain data."""
        return {
            "minute": self._minute,
            "minutes": list(self._minutes),
            "hours": list(self._hours),
            "marks": [self._now, self._peak, self._top, self._bottom],
        }

    def mark(self, equity: int) -> None:
        """Follow the peak and the deepest fall from it."""
        self._now = equity
        self._peak = max(self._peak, equity)
        if (self._peak - equity) * self._top > (self._top - self._bottom) * self._peak:
            self._top, self._bottom = self._peak, equity

    def minute(self, minute: int, equity: int) -> None:
        """Mark the equity at a minute since the epoch; minutes without a mark keep the one before."""
        if self._minute >= 0:
            self._carry(minute)
        self._minutes.append(equity)
        if minute % 60 == 0:
            self._hours.append(equity)
            self.sharpe = sharpe(self._hours)
        self._minute = minute
        self.mark(equity)

    def _carry(self, minute: int) -> None:
        last, missed = self._minutes[-1], minute - self._minute - 1
        self._minutes.extend(repeat(last, min(missed, MINUTES + 1)))
        hours = (minute - 1) // 60 - self._minute // 60
        self._hours.extend(repeat(last, min(hours, HOURS + 1)))

    @property
    def day_ago(self) -> int:
        """Return the equity a day before the last minute mark; before there was any, the start balance."""
        return self._minutes[0] if len(self._minutes) > MINUTES else self._start

    @property
    def week_ago(self) -> int:
        """Return the equity seven days before the last hour mark; before there was any, the start balance."""
        return self._hours[0] if len(self._hours) > HOURS else self._start

    @property
    def drawdown(self) -> float:
        """Return how far the last mark is below the highest, as a share of it."""
        return (self._peak - self._now) / self._peak

    @property
    def max_drawdown(self) -> float:
        """Return the deepest fall from a peak, as a share of it."""
        return (self._top - self._bottom) / self._top


def sharpe(hours: Sequence[int]) -> float | None:
    """Return mean over standard deviation of the hourly returns, a year's, at no risk-free rate.

    None below ``FEWEST_RETURNS`` returns, or where they do not vary.
    """
    if len(hours) <= FEWEST_RETURNS or min(hours) <= 0:
        return None
    returns = [after / before - 1.0 for before, after in pairwise(hours)]
    mean = math.fsum(returns) / len(returns)
    variance = math.fsum((one - mean) ** 2 for one in returns) / (len(returns) - 1)
    return mean / math.sqrt(variance) * math.sqrt(HOURS_OF_A_YEAR) if variance > 0 else None
