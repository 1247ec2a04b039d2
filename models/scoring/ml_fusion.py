"""``ml-fusion``: RSI, MACD and trend, each a probability of its own, mixed by weights."""

from __future__ import annotations

import numpy as np

from models.market.schema import NAMES
from models.scoring.model import ModelRows
from models.ticks import Floats

_RSI, _HIST, _TREND, _VOL = (NAMES.index(n) for n in ("rsi_14", "macd_hist", "trend_120s", "vol_300s"))
_FLOOR = 1e-6  # a second's volatility below it counts as this


def signal_parts(x: Floats) -> Floats:
    """Return the RSI, MACD and trend parts of rows, shape (n, 3), each in [0, 1].

    RSI / 100; the MACD histogram over the volatility of a bar (5 s), and the trend over that of its span
    (120 s), both through the logistic function.
    """
    vol = np.maximum(x[:, _VOL], _FLOOR)
    macd = x[:, _HIST] / (vol * np.sqrt(5.0))
    trend = x[:, _TREND] / (vol * np.sqrt(120.0))
    return np.stack([x[:, _RSI] / 100.0, _logistic(2.0 * macd), _logistic(trend)], axis=1)


def _logistic(z: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(z, -30.0, 30.0))))


class MlFusion:
    """The weighted mean of the three signal parts."""

    name = "ml-fusion"
    version = "ml-fusion-1.2"

    def predict(self, rows: ModelRows) -> Floats:
        """Return the weighted mean of the parts, shape (n,)."""
        parts, weights = signal_parts(rows.x), rows.weights
        mixed = parts[:, 0] * weights[:, 0] + parts[:, 1] * weights[:, 1] + parts[:, 2] * weights[:, 2]
        return np.clip(mixed, 0.0, 1.0)
