"""How far figures may be off by chance: 95 % intervals by a stationary bootstrap of returns and of trades.

An interval is that of the percentiles of 1,000 resamples. What it holds for: histories that are as if made
of the same blocks in another order. What it does not know: a market that becomes another one, and costs or
fills that are not as assumed. That of the maximum drawdown is the spread of drawdowns among such histories,
and need not lie around the one that happened.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.performance.block_length import mean_block_length
from models.performance.metrics import LEAST_RETURNS
from models.performance.periods import Returns
from models.performance.ratios import FLAT
from models.performance.resample import resamples, twice
from models.performance.result import Resampling
from models.performance.trades import Trade
from models.ticks import Floats
from models.training.judging.blocks import DRAWS, LEVEL
from models.training.judging.intervals import wilson

LEAST_TRADES = 20
"""Under so many trades, and where all win or none, the hit rate has Wilson's interval."""

Intervals = dict[str, tuple[float, float]]


def intervals(
    returns: Returns, trades: Sequence[Trade], seed: int, draws: int = DRAWS
) -> tuple[Intervals, Resampling]:
    """Return the intervals by figure name, and how they were made; too short a history has none.

    ``sharpe``, ``total_return`` and ``max_drawdown`` come from the returns of whole periods, ``hit_rate``
    from the trades in the order of their closing.
    """
    block = _block(returns.values)
    hits = np.array([trade.profit > 0 for trade in sorted(trades, key=_closed)], dtype=np.float64)
    found = _of_returns(returns, block, seed, draws) if len(returns.values) >= LEAST_RETURNS else {}
    made = Resampling(level=LEVEL, draws=draws, seed=seed, mean_block=block, mean_block_trades=_block(hits))
    return found | _of_hits(hits, seed, draws), made


def _closed(trade: Trade) -> int:
    return trade.closed_ts


def _block(series: Floats) -> float:
    # what matters may depend on its past by its size alone, as volatility does
    return max(mean_block_length(series), mean_block_length(series**2))


def _of_returns(returns: Returns, block: float, seed: int, draws: int) -> Intervals:
    drawn: dict[str, list[Floats]] = {"sharpe": [], "total_return": [], "max_drawdown": []}
    values, logs = twice(returns.values), twice(np.log1p(returns.values))
    for places in resamples(len(returns.values), block, draws, seed):
        drawn["sharpe"].append(_sharpes(values[places], returns.per_year))
        paths = np.cumsum(logs[places], axis=1)
        drawn["total_return"].append(np.expm1(paths[:, -1]))
        drawn["max_drawdown"].append(_drawdowns(paths))
    found = {name: np.concatenate(each) for name, each in drawn.items()}
    return {name: _percentiles(each) for name, each in found.items() if np.isfinite(each).mean() > 0.5}


def _sharpes(values: Floats, per_year: float) -> Floats:
    deviation = values.std(axis=1, ddof=1)
    moved = np.where(deviation < FLAT, np.nan, deviation)  # a draw that never moves has no ratio
    return np.asarray(values.mean(axis=1) / moved * np.sqrt(per_year))


def _drawdowns(paths: Floats) -> Floats:
    """Return the maximum drawdown of each path of summed log returns, the peak before the first included."""
    peaks = np.maximum(np.maximum.accumulate(paths, axis=1), 0.0)
    return np.asarray(-np.expm1(-(peaks - paths).max(axis=1)))


def _of_hits(hits: Floats, seed: int, draws: int) -> Intervals:
    if not len(hits):
        return {}
    if len(hits) < LEAST_TRADES or hits.min() == hits.max():
        return {"hit_rate": wilson(float(hits.mean()), len(hits))}
    drawn = resamples(len(hits), _block(hits), draws, seed)
    means = [twice(hits)[places].mean(axis=1) for places in drawn]
    return {"hit_rate": _percentiles(np.concatenate(means))}


def _percentiles(values: Floats) -> tuple[float, float]:
    low, high = np.nanquantile(values, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return float(low), float(high)
