"""Everything this package has to say of one strategy's walk, in one call and under the result's own names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from models.performance.benchmark import benchmark_figures, buy_and_hold
from models.performance.bootstrap import intervals
from models.performance.calendar_returns import calendar_returns
from models.performance.caveats import caveats
from models.performance.figures import Figures
from models.performance.gate import SharpeGate, gate_of_curves
from models.performance.grades import grades
from models.performance.metrics import metrics
from models.performance.periods import returns_of
from models.performance.random_entry import Leg, random_entry
from models.performance.result import Calendar, Curves, Resampling, Significance
from models.performance.trades import Trade
from models.ticks import Floats, Ints


class Walk(NamedTuple):
    """What a strategy did under one assumption of costs.

    Equity (n,) is marked at ``ts`` (n,) UTC ns, rising, the first mark being the money begun with.
    ``open_positions`` are those still open at the end, as (time opened, notional).
    """

    ts: Ints
    equity: Floats
    trades: Sequence[Trade]
    open_positions: Sequence[tuple[int, float]] = ()

    def figures(self) -> Figures:
        """Return the flat figures of the walk."""
        return metrics(self.ts, self.equity, self.trades, self.open_positions)


class Assessment(NamedTuple):
    """Fields of ``result.Result``: ``Result(symbol=…, **assessment._asdict(), …)``."""

    metrics: Figures
    benchmark: Figures
    intervals: Mapping[str, tuple[float, float]]
    resampling: Resampling
    significance: Significance
    gate: SharpeGate
    grades: Mapping[str, str | None]
    caveats: list[str]
    equity: Curves
    returns: Calendar
    trades: list[Trade]


def assess(
    walk: Walk,
    prices: Floats,
    legs: Sequence[Leg],
    *,
    cost_bps: float,
    seed: int,
    without_costs: Figures | None = None,
) -> Assessment:
    """Return what a walk is worth against buying and holding, chance, and the owner's limits.

    ``prices`` stand at the marks of equity, (n,) or (n, symbols), NaN before a symbol's first; ``legs`` are
    the trades on prices by the second, one a symbol; ``cost_bps`` is one side's fee and slippage;
    ``without_costs`` are the figures of the same signals free of costs.
    """
    figures = walk.figures()
    held = buy_and_hold(prices, float(walk.equity[0]), cost_bps)
    found, resampling = intervals(returns_of(walk.ts, walk.equity), walk.trades, seed)
    names = ("sharpe", "hit_rate", "max_drawdown", "average_trade_pct")
    return Assessment(
        metrics=figures,
        benchmark=benchmark_figures(walk.ts, held),
        intervals=found,
        resampling=resampling,
        significance=random_entry(legs, cost_bps, seed),
        gate=gate_of_curves(walk.ts, walk.equity, held),
        grades=grades(*(figures[name] for name in names)),
        caveats=caveats(figures, without_costs, len(walk.open_positions)),
        equity=Curves(ts=walk.ts.tolist(), strategy=walk.equity.tolist(), benchmark=held.tolist()),
        returns=calendar_returns(walk.ts, walk.equity, held),
        trades=list(walk.trades),
    )
