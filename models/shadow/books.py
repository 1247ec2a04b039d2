"""The two paper books of a comparison, by the minute: who earned more after costs, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from scipy.special import stdtrit

from models.performance.drawdown import drawdown
from models.performance.metrics import LEAST_RETURNS
from models.performance.periods import MINUTE_S, returns_of
from models.performance.ratios import FLAT, sharpe
from models.shadow.intervals import Figure
from models.shadow.sums import ARMS
from models.spec import SECOND
from models.ticks import Floats, Ints

KEPT = 11 * 1_440
"""Minutes: as long as blocks are kept."""
RARITY = 1e-4
"""How often two books that do equally well differ by more than ``sharpe_chance``, to one side: as rarely as
the error of a calibrated model is above its limit."""


class Books:
    """Equity of both books by the minute, and the trades they closed.

    Takes records of ``account`` in the order of their topic; all but those of a minute are left aside.
    """

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        blank = np.zeros((0, 3))
        # minute, equity, trades closed so far
        self._marks: dict[str, Floats] = {arm: (saved[arm] if saved else blank).copy() for arm in ARMS}

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {arm: marks.copy() for arm, marks in self._marks.items()}

    def step(self, accounts: Iterable[Mapping[str, Any]]) -> None:
        """Take in records of ``account``."""
        fresh: dict[str, list[tuple[float, ...]]] = {arm: [] for arm in ARMS}
        for body in accounts:
            if body["event"] == "minute" and body["book"] in fresh:
                minute = body["ts"] // (MINUTE_S * SECOND)
                fresh[body["book"]].append((minute, float(body["equity"]), body["trades"]))
        for arm, marks in fresh.items():
            if marks:
                self._marks[arm] = np.concatenate([self._marks[arm], marks])[-KEPT:]

    def curves(self, since: int, until: int) -> Curves:
        """Return both curves at the minutes that both have, from one second to another, both included."""
        active, challenger = (self._marks[arm] for arm in ARMS)
        both, first, second = np.intersect1d(active[:, 0], challenger[:, 0], return_indices=True)
        inside = (both * MINUTE_S >= since) & (both * MINUTE_S <= until)
        active, challenger = active[first[inside]], challenger[second[inside]]
        ts = both[inside].astype(np.int64) * (MINUTE_S * SECOND)
        closed = challenger[:, 2]
        return Curves(ts, active[:, 1], challenger[:, 1], int(closed[-1] - closed[0]) if len(closed) else 0)


@dataclass(frozen=True, slots=True)
class Curves:
    """Two curves of equity at the same times (UTC ns), and the trades that the challenger closed in them."""

    ts: Ints
    active: Floats
    challenger: Floats
    trades: int


@dataclass(frozen=True, slots=True)
class Earned:
    """What two books did over the same time; None where there is too little of it.

    Shares of the equity they began with; Sharpe ratios are annualised, of the returns of the periods that
    ``models.performance`` takes for such a span.
    """

    return_lead: Figure | None  # the challenger's total return less the active's, after costs
    sharpe_active: float | None
    sharpe_challenger: float | None
    sharpe_chance: float | None  # a lead that is more than this below 0 is not chance, see ``RARITY``
    drawdown_active: float | None
    drawdown_challenger: float | None
    trades: int

    @property
    def sharpe_lead(self) -> float | None:
        """Return the challenger's Sharpe ratio less the active's."""
        if self.sharpe_active is None or self.sharpe_challenger is None:
            return None
        return self.sharpe_challenger - self.sharpe_active

    @property
    def drawdown_ratio(self) -> float | None:
        """Return the challenger's maximum drawdown over the active's; None where the active has none."""
        if self.drawdown_active is None or self.drawdown_challenger is None:
            return None
        if not self.drawdown_active:
            return None if self.drawdown_challenger else 1.0
        return self.drawdown_challenger / self.drawdown_active


def earned(curves: Curves) -> Earned:
    """Return the figures of two curves."""
    if len(curves.ts) < 2:
        return Earned(None, None, None, None, None, None, curves.trades)
    active, challenger = (returns_of(curves.ts, equity) for equity in (curves.active, curves.challenger))
    per_year = active.per_year
    enough = len(active.values) >= LEAST_RETURNS
    return Earned(
        return_lead=_return_lead(curves, challenger.values - active.values),
        sharpe_active=sharpe(active.values, per_year) if enough else None,
        sharpe_challenger=sharpe(challenger.values, per_year) if enough else None,
        sharpe_chance=_sharpe_chance(active.values, challenger.values, per_year) if enough else None,
        drawdown_active=drawdown(curves.ts, curves.active).depth,
        drawdown_challenger=drawdown(curves.ts, curves.challenger).depth,
        trades=curves.trades,
    )


def _return_lead(curves: Curves, apart: Floats) -> Figure:
    total = [float(equity[-1] / equity[0]) for equity in (curves.active, curves.challenger)]
    lead, n = total[1] - total[0], len(apart)
    if n < LEAST_RETURNS:
        return Figure(lead)
    reach = float(stdtrit(n - 1, 0.975) * apart.std(ddof=1) * sqrt(n))
    return Figure(lead, lead - reach, lead + reach)


def _sharpe_chance(active: Floats, challenger: Floats, per_year: float) -> float | None:
    """Return what the difference of two equal Sharpe ratios stays below, but for ``RARITY``.

    Its variance is that of Jobson and Korkie 1981 as corrected by Memmel 2003, with Student's t for the few
    returns there are. It takes returns as independent in time: those of positions that last minutes are.
    """
    deviations = [float(one.std(ddof=1)) for one in (active, challenger)]
    if min(deviations) < FLAT:
        return None
    n = len(active)
    first, second = (float(one.mean()) / sd for one, sd in zip((active, challenger), deviations, strict=True))
    r = float(np.corrcoef(active, challenger)[0, 1])
    variance = (2 - 2 * r + (first**2 + second**2 - 2 * first * second * r**2) / 2) / n
    return float(stdtrit(n - 1, 1 - RARITY)) * sqrt(max(variance, 0.0) * per_year)
