"""Results to report on: random walks of any length, and ones that have nothing to show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from models.performance.gate import SharpeGate
from models.performance.result import (
    Calendar,
    CalibrationPoint,
    CostCase,
    Curves,
    DriftPoint,
    Resampling,
    Result,
    Significance,
)
from models.performance.trades import Trade

SECOND_NS = 1_000_000_000
MINUTE_NS, HOUR_NS, DAY_NS = 60 * SECOND_NS, 3_600 * SECOND_NS, 86_400 * SECOND_NS
START = 1_795_132_800 * SECOND_NS  # 2026-11-20 00:00 UTC
METRICS: dict[str, float | int | None] = {
    "total_return": 0.0123, "annual_return": None, "sharpe": 1.834, "sortino": 2.9, "calmar": None,
    "volatility": 0.31, "max_drawdown": 0.0456, "max_drawdown_s": 5_400.0, "longest_drawdown_s": 9_000.0,
    "under_water_s": 0.0, "value_at_risk_95": 0.0004, "expected_shortfall_95": 0.0007, "exposure": 0.42,
    "turnover_per_day": 3.2, "trades": 40, "profit": 12.3, "hit_rate": 0.575, "profit_factor": 1.31,
    "average_trade": 0.3075, "average_trade_pct": 0.307, "average_hold_s": 312.0, "fees": 8.0,
    "slippage": 2.5, "cost_share": 0.46, "span_s": 43_200.0, "period_s": 60, "periods": 720,
    "periods_per_year": 525_600,
}  # fmt: skip
BENCHMARK: dict[str, float | int | None] = {
    "total_return": -0.0051, "annual_return": None, "sharpe": 0.4, "sortino": 0.6, "calmar": None,
    "volatility": 0.42, "max_drawdown": 0.081, "max_drawdown_s": 20_000.0, "longest_drawdown_s": 20_000.0,
    "under_water_s": 20_000.0, "value_at_risk_95": 0.0009, "expected_shortfall_95": 0.0013, "exposure": 1.0,
}  # fmt: skip


def walk(minutes: int, seed: int = 6, trades: int = 40) -> Result:
    """Return the result of a strategy that wandered for so many minutes."""
    rng = np.random.default_rng(seed)
    ts = [START + minute * MINUTE_NS for minute in range(minutes + 1)]
    size = 0.02 / np.sqrt(minutes)
    steps = rng.normal(0.4 * size / np.sqrt(minutes), size, (2, minutes)) * [[1.0], [2.5]]
    curves = 1_000 * np.exp(np.concatenate([np.zeros((2, 1)), np.cumsum(steps, axis=1)], axis=1)).round(8)
    hours = minutes // 60
    return Result(
        symbol="BTCUSDT",
        from_ts=ts[0],
        to_ts=ts[-1],
        model="lgbm-prod@4f1c2a9b",
        metrics=METRICS,
        benchmark=BENCHMARK,
        intervals={
            "sharpe": (-0.7, 4.1), "total_return": (-0.011, 0.036), "max_drawdown": (0.021, 0.094),
            "hit_rate": (0.42, 0.72),
        },
        resampling=Resampling(level=0.95, draws=1_000, seed=6, mean_block=9.0, mean_block_trades=3.4),
        significance=Significance(p_value=0.028, better_than=0.973, runs=1_000, seed=6),
        costs=[
            CostCase(multiple=multiple, metrics=METRICS | {"total_return": 0.0228 - 0.0105 * multiple})
            for multiple in (0.0, 0.5, 1.0, 2.0)
        ],
        gate=SharpeGate(
            strategy_sharpe=1.834, benchmark_sharpe=0.4, passed=True,
            why="passed: a Sharpe ratio of 1.83 against 0.40 of buying and holding, a lead of +1.43 where "
            "+0.50 is asked for (over 0.5 days; the gate is meant for 90)",
        ),
        grades={
            "sharpe": "good", "win_rate": "good", "max_drawdown": "excellent", "average_trade_pct": "target",
        },
        caveats=["Half a day is little: another day, and another mood of the market, may say otherwise."],
        equity=Curves(ts=ts, strategy=curves[0].tolist(), benchmark=curves[1].tolist()),
        returns=_calendar(ts, curves[0], "day" if hours >= 24 * 30 else "hour"),
        trades=_trades(rng, ts, trades),
        blocked={"max_open_positions": 3, "insufficient_balance": 12, "killed": 1},
        calibration=[
            CalibrationPoint(
                ts=START + (hour + 1) * HOUR_NS, n=3_400 + hour % 60,
                ece=None if hour % 7 == 3 else round(0.04 + 0.03 * float(rng.random()), 4), floor=0.055,
                brier=0.248,
            )
            for hour in range(hours)
        ],
        drift=[
            DriftPoint(
                ts=START + (quarter + 1) * 15 * MINUTE_NS,
                worst_psi=round(0.05 + 0.2 * float(rng.random()), 4), feature="volatility_60",
            )
            for quarter in range(4 * hours)
        ],
        ledger={"read": 199_020, "taken": 199_011, "rejected": {"late": 7, "duplicate": 2}},
        manifest={
            "inputs": [{"name": "btcusdt.parquet", "sha256": "9f" * 32}],
            "spec": "b7" * 16, "model": "lgbm-prod@4f1c2a9b", "seed": 6, "version": "0.1.0",
        },
    )  # fmt: skip


def bare(**changed: Any) -> Result:
    """Return the result of a run in which nothing happened and nothing can be told."""
    nothing = Result(
        symbol="BTCUSDT", from_ts=START, to_ts=START + HOUR_NS, model="stub-sine",
        metrics=dict.fromkeys(METRICS) | {"trades": 0}, benchmark=dict.fromkeys(BENCHMARK), intervals={},
        significance=None, costs=[],
        gate=SharpeGate(
            strategy_sharpe=None, benchmark_sharpe=None, passed=None,
            why="the strategy has no Sharpe ratio: it made no trade, or the span is too short",
        ),
        grades={}, equity=Curves(ts=[], strategy=[], benchmark=[]),
        returns=Calendar(period="hour", ts=[], strategy=[]), trades=[], blocked={},
    )  # fmt: skip
    return replace(nothing, **changed)


def trade(place: int = 0, profit: float = 1.0, **changed: Any) -> Trade:
    """Return a trade of five minutes with this profit on 100."""
    opened = START + place * 10 * MINUTE_NS
    made = Trade(
        symbol="BTCUSDT", opened_ts=opened, closed_ts=opened + 5 * MINUTE_NS, qty=0.00104,
        entry_price=96_153.85, exit_price=97_000.5, profit=profit, fees=0.3, slippage=0.1, notional=100.0,
        model="lgbm-prod@4f1c2a9b",
    )  # fmt: skip
    return made._replace(**changed)


def _calendar(ts: list[int], equity: Any, period: Any) -> Calendar:
    step = 24 * 60 if period == "day" else 60
    ends = equity[::step]
    return Calendar(
        period=period, ts=ts[::step][: len(ends) - 1], strategy=(ends[1:] / ends[:-1] - 1).tolist()
    )


def _trades(rng: np.random.Generator, ts: list[int], n: int) -> list[Trade]:
    gains = rng.normal(0.3, 1.2, n).round(4).tolist()
    opened = np.sort(rng.choice(ts[:-10], n, replace=n > len(ts) - 10)).tolist()
    return [
        trade(profit=gain)._replace(opened_ts=at, closed_ts=at + 5 * MINUTE_NS)
        for at, gain in zip(opened, gains, strict=True)
    ]
