"""Feature rows from one-second rows: a dense grid of symbols x seconds, past kept as running sums.

Prices become integers once (log price in 1e-12, returns in 1e-9), sums stay integers, so every feature is
the same to the bit for any block height. A window that reaches before a symbol's first trade sees a flat
price and no volume there.
"""

from __future__ import annotations

import numpy as np

from models.market import feature_moves, feature_trades
from models.market.feature_grid import LOG_UNIT, Grid, quantised_log
from models.market.five import FIVE_COLUMNS, five_second, neutral
from models.market.history import extend, lag
from models.market.schema import NAMES
from models.market.store import SymbolRows
from models.ticks import Bools, Floats, Ints

__all__ = ["COLUMNS", "LOG_UNIT", "Grid", "begin", "features", "quantised_log"]

COLUMNS = {**feature_moves.COLUMNS, **feature_trades.COLUMNS, **FIVE_COLUMNS}
_PLACE = {name: place for place, name in enumerate(NAMES)}
_NO_SENTIMENT = 0.0  # until there is a source of it


def begin(rows: SymbolRows, codes: Ints, price: Floats) -> None:
    """Fill the past of new symbols with a flat price."""
    log_close = quantised_log(price)
    rows["log_close"][codes] = log_close[:, None]
    rows["five_close"][codes] = log_close[:, None]
    rows["five_sums"][codes] = log_close[:, None] * np.arange(rows["five_sums"].shape[1])
    for name in ("fast", "slow"):
        rows[name][codes] = log_close * LOG_UNIT
    neutral(rows, codes)


def features(rows: SymbolRows, grid: Grid) -> tuple[Floats, Bools]:
    """Return feature values (symbols, n, columns of NAMES) and which rows end a five-second bar."""
    n = grid.second.shape[1]
    close = extend(rows, "log_close", grid.codes, quantised_log(grid.close))
    trades, volume = feature_trades.trade_features(rows, grid)
    ends = (grid.second + 1) % 5 == 0
    columns = {
        **feature_moves.path_features(rows, grid, close),
        **trades,
        **five_second(rows, grid.codes, ends, lag(close, n, 0), volume),
        "since_trade_s": grid.age,
        "sentiment": _NO_SENTIMENT,
    }
    assert columns.keys() == _PLACE.keys()
    values = np.empty((*grid.second.shape, len(NAMES)))
    for name, column in columns.items():
        values[:, :, _PLACE[name]] = column
    return values, ends
