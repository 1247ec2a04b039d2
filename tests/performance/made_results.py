"""A backtest's result with something in each of its fields."""

from __future__ import annotations

import numpy as np
from made_trades import curve, leg_of, marks, trade

from models.performance.assessment import Walk, assess
from models.performance.periods import SECOND
from models.performance.result import CalibrationPoint, CostCase, DriftPoint, Result


def made_result() -> Result:
    """Return the result of a made walk of two hours with three trades, the same at each call."""
    rng = np.random.default_rng(7)
    ts = marks(121, 60)
    walk = Walk(ts, curve(rng.normal(0.0001, 0.001, 120)), [trade(1.0, at_s=600 * i) for i in range(1, 4)])
    seconds = 100.0 * np.exp(np.cumsum(rng.normal(0, 0.0001, 7_200)))
    legs = [leg_of(seconds, int(ts[0]) // SECOND, walk.trades)]
    assessed = assess(walk, curve(rng.normal(0, 0.001, 120), 100.0), legs, cost_bps=20, seed=1)
    return Result(
        symbol="BTCUSDT",
        from_ts=int(ts[0]),
        to_ts=int(ts[-1]),
        model="ml_fusion",
        costs=[CostCase(multiple=multiple, metrics=walk.figures()) for multiple in (0.0, 0.5, 1.0, 2.0)],
        blocked={"max_open_positions": 2},
        calibration=[CalibrationPoint(ts=int(ts[0]), n=60, ece=0.02, floor=0.03, brier=None)],
        drift=[DriftPoint(ts=int(ts[0]), worst_psi=0.1, feature="ret_1s")],
        ledger={"read": 10, "used": 10},
        manifest={"seed": 1},
        **assessed._asdict(),
    )
