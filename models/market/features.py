"""Feature rows from one-second rows: a dense grid of symbols x seconds, past kept as running sums.

Prices become integers once (log price in 1e-12, returns in 1e-9), sums stay integers, so every feature is
the same to the bit for any block height. A window that reaches before a symbol's first trade sees a flat
price and no volume there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.market.five import FIVE_COLUMNS, five_second, neutral
from models.market.history import extend, extend_sums, lag, window_max, window_sum
from models.market.schema import FIVE_NAMES, NAMES, SECOND_NAMES
from models.market.store import Column, SymbolRows
from models.ticks import Bools, Floats, Ints

LOG_UNIT = 1e-12
_RETURN_UNIT = 1_000  # of LOG_UNIT, so 1e-9
_RETURN_CAP = 100_000_000  # 0.1 in 1e-9: 300 squared returns fit an int64
_LONG, _MINUTE = 301, 61

COLUMNS = {
    "log_close": Column("i8", _LONG, 0),
    "squares": Column("i8", _LONG, 0),
    "lots": Column("i8", _MINUTE, 0),
    "signed": Column("i8", _MINUTE, 0),
    "notional": Column("i8", _MINUTE, 0),
    "count": Column("i8", _MINUTE, 0),
    "high": Column("f8", _MINUTE, -np.inf),
    "low": Column("f8", _MINUTE, np.inf),
    **FIVE_COLUMNS,
}


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of ``symbols`` x ``n`` consecutive seconds; values carried forward where there was no trade."""

    codes: Ints  # (symbols,)
    second: Ints  # (symbols, n), as all below
    close: Floats
    high: Floats  # -inf without a trade
    low: Floats  # +inf without a trade
    lots: Ints
    signed: Ints
    notional: Floats
    count: Ints
    age: Floats  # seconds from the last trade to the window end
    price_unit: Floats  # (symbols,) power of ten at or below the symbol's first price


def begin(rows: SymbolRows, codes: Ints, price: Floats) -> None:
    """Fill the past of new symbols with a flat price."""
    log_close = quantised_log(price)
    rows["log_close"][codes] = log_close[:, None]
    rows["five_close"][codes] = log_close[:, None]
    rows["five_sums"][codes] = log_close[:, None] * np.arange(rows["five_sums"].shape[1])
    for name in ("fast", "slow"):
        rows[name][codes] = log_close * LOG_UNIT
    neutral(rows, codes)


def quantised_log(price: Floats) -> Ints:
    """Return the natural logarithm of prices in units of 1e-12."""
    return np.rint(np.log(price) / LOG_UNIT).astype(np.int64)


def features(rows: SymbolRows, grid: Grid) -> tuple[Floats, Bools]:
    """Return feature values (symbols, n, columns of NAMES) and which rows end a five-second bar."""
    seconds, log_close, volume = _second_features(rows, grid)
    ends = (grid.second + 1) % 5 == 0
    fives = five_second(rows, grid.codes, ends, log_close, volume)
    values = np.empty((*grid.second.shape, len(NAMES)))
    for name, column in {**seconds, **fives}.items():
        values[:, :, NAMES.index(name)] = column
    assert seconds.keys() == set(SECOND_NAMES) and fives.keys() == set(FIVE_NAMES)
    return values, ends


def _second_features(rows: SymbolRows, grid: Grid) -> tuple[dict[str, Floats], Ints, Ints]:
    codes, n = grid.codes, grid.second.shape[1]
    close = extend(rows, "log_close", codes, quantised_log(grid.close))
    move = np.rint((lag(close, n, 0) - lag(close, n, 1)) / _RETURN_UNIT).astype(np.int64)
    squares = extend_sums(rows, "squares", codes, np.clip(move, -_RETURN_CAP, _RETURN_CAP) ** 2)
    lots = extend_sums(rows, "lots", codes, grid.lots)
    signed = extend_sums(rows, "signed", codes, grid.signed)
    count = extend_sums(rows, "count", codes, grid.count)
    values = {
        f"ret_{span}s": (lag(close, n, 0) - lag(close, n, span)) * LOG_UNIT for span in (1, 5, 15, 60, 300)
    }
    for span in (60, 300):
        values[f"vol_{span}s"] = np.sqrt(window_sum(squares, n, span) / span) * (LOG_UNIT * _RETURN_UNIT)
    for span in (10, 60):
        traded = window_sum(lots, n, span)
        values[f"imbalance_{span}s"] = window_sum(signed, n, span) / np.maximum(traded, 1)
        values[f"intensity_{span}s"] = window_sum(count, n, span) / span
    values["vwap_dev_60s"] = _vwap_deviation(rows, grid, window_sum(lots, n, 60))
    high = window_max(extend(rows, "high", codes, grid.high), n, 60)
    low = -window_max(-extend(rows, "low", codes, grid.low), n, 60)
    values["range_60s"] = np.log(np.where(high > 0, high, 1.0) / np.where(high > 0, low, 1.0))
    values["since_trade_s"] = grid.age
    return values, lag(close, n, 0), window_sum(lots, n, 5)


def _vwap_deviation(rows: SymbolRows, grid: Grid, lots: Ints) -> Floats:
    """Return ln(close / VWAP); 0 where the window has no trade."""
    unit = grid.price_unit[:, None]
    notional = np.minimum(np.rint(grid.notional / unit), 2.0**54).astype(np.int64)
    sums = extend_sums(rows, "notional", grid.codes, notional)
    paid = window_sum(sums, grid.second.shape[1], 60) * unit
    traded = (lots > 0) & (paid > 0)
    ratio = np.where(traded, grid.close * lots, 1.0) / np.where(traded, paid, 1.0)
    return np.asarray(np.log(ratio))
