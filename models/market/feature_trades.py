"""Features of the trades themselves: who pressed, how many came, how large they were, and at what price."""

from __future__ import annotations

import numpy as np

from models.market.feature_grid import MINUTE, Grid, share
from models.market.history import extend, extend_sums, window_max, window_sum
from models.market.store import Column, SymbolRows
from models.ticks import Floats, Ints

COLUMNS = {
    "lots": Column("i8", MINUTE, 0),
    "signed": Column("i8", MINUTE, 0),
    "notional": Column("i8", MINUTE, 0),
    "count": Column("i8", MINUTE, 0),
    "high": Column("f8", MINUTE, -np.inf),
    "low": Column("f8", MINUTE, np.inf),
}


def trade_features(rows: SymbolRows, grid: Grid) -> tuple[dict[str, Floats], Ints]:
    """Return features of what was traded, and the lots of the last five seconds."""
    n = grid.second.shape[1]
    sums = extend_sums(rows, "lots", grid.codes, grid.lots)
    traded = {span: window_sum(sums, n, span) for span in (5, 10, 30, 60)}
    signed = extend_sums(rows, "signed", grid.codes, grid.signed)
    pressure = {f"imbalance_{span}s": share(window_sum(signed, n, span), traded[span]) for span in traded}
    count = extend_sums(rows, "count", grid.codes, grid.count)
    recent, minute = window_sum(count, n, 10), window_sum(count, n, 60)
    values = {
        **pressure,
        "intensity_10s": recent / 10,
        "intensity_60s": minute / 60,
        "intensity_ratio": share(recent * 6, minute),
        "size_ratio": _size_ratio(share(traded[10], recent), share(traded[60], minute)),
        **_vwap_deviations(rows, grid, traded),
        **_range(rows, grid),
    }
    return values, traded[5]


def _size_ratio(recent: Floats, minute: Floats) -> Floats:
    """Return the log of a mean size over another, 0 where nothing was traded in the shorter window."""
    traded = recent > 0
    return np.asarray(np.log(np.where(traded, recent, 1.0) / np.where(traded, minute, 1.0)))


def _vwap_deviations(rows: SymbolRows, grid: Grid, traded: dict[int, Ints]) -> dict[str, Floats]:
    """Return ln(close / VWAP) of windows; 0 where a window has no trade."""
    unit = grid.price_unit[:, None]
    notional = np.minimum(np.rint(grid.notional / unit), 2.0**54).astype(np.int64)
    sums = extend_sums(rows, "notional", grid.codes, notional)
    values = {}
    for span in (10, 60):
        lots, paid = traded[span], window_sum(sums, grid.second.shape[1], span) * unit
        known = (lots > 0) & (paid > 0)
        ratio = np.where(known, grid.close * lots, 1.0) / np.where(known, paid, 1.0)
        values[f"vwap_dev_{span}s"] = np.log(ratio)
    return values


def _range(rows: SymbolRows, grid: Grid) -> dict[str, Floats]:
    """Return how wide the prices of a minute are, and where among them the last one is."""
    n = grid.second.shape[1]
    high = window_max(extend(rows, "high", grid.codes, grid.high), n, 60)
    low = -window_max(-extend(rows, "low", grid.codes, grid.low), n, 60)
    traded, wide = high > 0, high > low
    place = np.where(wide, grid.close - low, 1.0) / np.where(wide, high - low, 2.0)
    return {
        "range_60s": np.log(np.where(traded, high, 1.0) / np.where(traded, low, 1.0)),
        "range_place_60s": place,
    }
