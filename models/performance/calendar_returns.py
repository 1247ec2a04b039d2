"""Returns by calendar month, day or hour (UTC), as a heat map shows them."""

from __future__ import annotations

from typing import Literal

import numpy as np

from models.performance.periods import DAY_S, check_curve, span_seconds
from models.performance.result import Calendar
from models.ticks import Floats, Ints

_UNITS: dict[Literal["month", "day", "hour"], str] = {"month": "M", "day": "D", "hour": "h"}


def calendar_returns(ts: Ints, strategy: Floats, benchmark: Floats) -> Calendar:
    """Return what each month, day or hour earned: months from 60 days on, days from three on, else hours.

    Equity (n,) stands at ``ts`` (UTC ns). A mark at the very end of a period belongs to it, so that the one
    at midnight closes the day before. The first and the last period may be partial; compounded, all of
    them give the total return. A period without a mark has none.
    """
    check_curve(ts, strategy)
    check_curve(ts, benchmark)
    period = _period(span_seconds(ts))
    begins = (ts - 1).astype("datetime64[ns]").astype(f"datetime64[{_UNITS[period]}]")
    begins[0] = begins[min(1, len(ts) - 1)]  # the first mark only opens the first period
    last = np.flatnonzero(np.append(begins[1:] != begins[:-1], True))
    return Calendar(
        period=period,
        ts=begins[last].astype("datetime64[ns]").astype(np.int64).tolist(),
        strategy=_earned(strategy, last),
        benchmark=_earned(benchmark, last),
    )


def _period(span_s: float) -> Literal["month", "day", "hour"]:
    if span_s >= 60 * DAY_S:
        return "month"
    return "day" if span_s >= 3 * DAY_S else "hour"


def _earned(equity: Floats, last: Ints) -> list[float]:
    closes = np.concatenate([equity[:1], equity[last]])
    return [float(value) for value in closes[1:] / closes[:-1] - 1.0]
