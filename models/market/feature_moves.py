"""Features of the price path: returns, volatility, how straight it runs, whether moves bounce back."""

from __future__ import annotations

import numpy as np

from models.market.feature_grid import FIVE_MINUTES, LOG_UNIT, MINUTE, Grid, share
from models.market.history import extend_sums, lag, window_sum
from models.market.store import Column, SymbolRows
from models.ticks import Floats, Ints

_RETURN_UNIT = 1_000  # of LOG_UNIT, so 1e-9
_RETURN_CAP = 100_000_000  # 0.1 in 1e-9: 300 squared returns fit an int64

COLUMNS = {
    "log_close": Column("i8", FIVE_MINUTES, 0),
    "squares": Column("i8", FIVE_MINUTES, 0),
    "path": Column("i8", MINUTE, 0),
    "products": Column("i8", MINUTE, 0),
}


def path_features(rows: SymbolRows, grid: Grid, close: Ints) -> dict[str, Floats]:
    """Return features of ``close``: log closes (1e-12), those of the stored past and of the grid in a row."""
    n = grid.second.shape[1]
    now, before = lag(close, n, 0), lag(close, n, 1)
    step = now - before
    move = _capped(step)
    squares = extend_sums(rows, "squares", grid.codes, move * move)
    products = extend_sums(rows, "products", grid.codes, move * _capped(before - lag(close, n, 2)))
    path = extend_sums(rows, "path", grid.codes, np.abs(step))
    returns = {f"ret_{span}s": (now - lag(close, n, span)) * LOG_UNIT for span in (1, 5, 15, 30, 60, 300)}
    return {
        **returns,
        **_volatility(squares, n),
        "efficiency_60s": share(now - lag(close, n, 60), window_sum(path, n, 60)),
        "bounce_60s": _bounce(squares, products, n),
    }


def _capped(step: Ints) -> Ints:
    """Return moves in 1e-9, at most 0.1 either way."""
    move = np.rint(step / _RETURN_UNIT)
    return np.asarray(np.minimum(np.maximum(move, -_RETURN_CAP), _RETURN_CAP)).astype(np.int64)


def _volatility(squares: Ints, n: int) -> dict[str, Floats]:
    recent, minute, long = (window_sum(squares, n, span) for span in (15, 60, 300))
    unit = LOG_UNIT * _RETURN_UNIT
    return {
        "vol_60s": np.sqrt(minute / 60) * unit,
        "vol_300s": np.sqrt(long / 300) * unit,
        "vol_ratio": np.sqrt(share(recent * 20, long)),
    }


def _bounce(squares: Ints, products: Ints, n: int) -> Floats:
    """Return the correlation of each move with the one before it, from -1 to 1, 0 without moves."""
    each = window_sum(squares, n, 60)
    previous = lag(squares, n, 1) - lag(squares, n, 61)
    return share(2 * window_sum(products, n, 60), each + previous)
