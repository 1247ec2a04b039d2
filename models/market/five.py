"""Features on five-second bars: RSI, MACD, trend, band and volume, held until the next bar ends."""

from __future__ import annotations

import numpy as np

from models.market.history import extend, extend_sums, lag, window_sum
from models.market.schema import FIVE_NAMES
from models.market.store import Column, SymbolRows
from models.ticks import Bools, Floats, Ints

_UNIT = 1e-12
_RSI_BARS, _TREND_BARS, _VOLUME_BARS = 14, 24, 60
_VOLUME_UNIT = 1e-6

FIVE_COLUMNS = {
    "five_close": Column("i8", _TREND_BARS + 1, 0),
    "five_sums": Column("i8", _TREND_BARS + 1, 0),
    "gains": Column("i8", _RSI_BARS + 1, 0),
    "losses": Column("i8", _RSI_BARS + 1, 0),
    "volumes": Column("i8", _VOLUME_BARS + 1, 0),
    "volume_squares": Column("i8", _VOLUME_BARS + 1, 0),
    "fast": Column("f8", 0, 0),
    "slow": Column("f8", 0, 0),
    "macd_mean": Column("f8", 0, 0),
    "held": Column("f8", len(FIVE_NAMES), 0),
}


def five_second(
    rows: SymbolRows, codes: Ints, ends: Bools, log_close: Ints, volume: Ints
) -> dict[str, Floats]:
    """Return the five-second features of each row (symbols, n), carried forward from the last bar end.

    ``log_close`` (1e-12) and ``volume`` (lots of the last five seconds) are read where ``ends`` is true.
    """
    values = np.repeat(_held(rows, codes)[:, None, :], ends.shape[1], axis=1)
    counts = ends.sum(axis=1)
    for count in np.unique(counts[counts > 0]).tolist():
        group = np.flatnonzero(counts == count)
        column = np.nonzero(ends[group])[1].reshape(len(group), count)
        picked = (group[:, None], column)
        bars = _bar_features(rows, codes[group], log_close[picked], volume[picked])
        rows["held"][codes[group]] = bars[:, -1]
        last = np.cumsum(ends[group], axis=1) - 1
        filled = bars[np.arange(len(group))[:, None], last.clip(min=0)]
        values[group] = np.where((last >= 0)[:, :, None], filled, values[group])
    return {name: values[:, :, i] for i, name in enumerate(FIVE_NAMES)}


def _held(rows: SymbolRows, codes: Ints) -> Floats:
    """Return the values of the last bar; before the first, RSI is neutral and the rest zero."""
    return np.asarray(rows["held"][codes])


def neutral(rows: SymbolRows, codes: Ints) -> None:
    """Give new symbols the features of a market that has not moved."""
    rows["held"][codes, FIVE_NAMES.index("rsi_14")] = 50.0


def _bar_features(rows: SymbolRows, codes: Ints, log_close: Ints, volume: Ints) -> Floats:
    m = log_close.shape[1]
    close = extend(rows, "five_close", codes, log_close)
    change = lag(close, m, 0) - lag(close, m, 1)
    macd, hist = _macd(rows, codes, np.asarray(log_close * _UNIT))
    sums = extend_sums(rows, "five_sums", codes, log_close)
    by_name = {
        "rsi_14": _rsi(rows, codes, change),
        "macd": macd,
        "macd_hist": hist,
        "trend_120s": (log_close * _TREND_BARS - window_sum(sums, m, _TREND_BARS)) / _TREND_BARS * _UNIT,
        "volume_z": _volume_z(rows, codes, volume),
        "bollinger_24": _band_place(close, window_sum(sums, m, _TREND_BARS), m),
    }
    return np.stack([by_name[name] for name in FIVE_NAMES], axis=2)


def _band_place(close: Ints, total: Ints, m: int) -> Floats:
    """Return (close - mean) / (2 * deviation) over the window, 0 where it does not vary."""
    squares = np.zeros(total.shape)
    for back in range(_TREND_BARS):  # summed in one order, whatever the block
        squares += ((lag(close, m, back) * _TREND_BARS - total) / _TREND_BARS) ** 2
    deviation = np.sqrt(squares / _TREND_BARS)
    distance = (lag(close, m, 0) * _TREND_BARS - total) / _TREND_BARS
    return np.asarray(distance / np.where(deviation > 0, 2 * deviation, 1.0))


def _rsi(rows: SymbolRows, codes: Ints, change: Ints) -> Floats:
    """Return 100 * gains / (gains + losses) over the window, 50 without a change (Cutler's RSI)."""
    m = change.shape[1]
    gain = window_sum(extend_sums(rows, "gains", codes, change.clip(min=0)), m, _RSI_BARS)
    loss = window_sum(extend_sums(rows, "losses", codes, (-change).clip(min=0)), m, _RSI_BARS)
    return np.where(gain + loss > 0, 100.0 * gain / np.maximum(gain + loss, 1), 50.0)


def _macd(rows: SymbolRows, codes: Ints, close: Floats) -> tuple[Floats, Floats]:
    macd = _ema(rows, "fast", codes, close, 12) - _ema(rows, "slow", codes, close, 26)
    return macd, macd - _ema(rows, "macd_mean", codes, macd, 9)


def _ema(rows: SymbolRows, name: str, codes: Ints, x: Floats, bars: int) -> Floats:
    """Return the exponential average with weight 2 / (bars + 1), carried on from the stored one."""
    weight = 2.0 / (bars + 1)
    y, last = np.empty_like(x), rows[name][codes]
    # bars are few; SciPy's lfilter gives the same bits, but its import is half of a process's start
    for bar in range(x.shape[1]):
        last = weight * x[:, bar] + (1.0 - weight) * last
        y[:, bar] = last
    rows[name][codes] = last
    return y


def _volume_z(rows: SymbolRows, codes: Ints, volume: Ints) -> Floats:
    """Return (v - mean) / deviation of v = ln(1 + lots) over the window, 0 where it does not vary."""
    v = np.rint(np.log1p(volume.astype(np.float64)) / _VOLUME_UNIT).astype(np.int64)
    m = v.shape[1]
    total = window_sum(extend_sums(rows, "volumes", codes, v), m, _VOLUME_BARS)
    squares = window_sum(extend_sums(rows, "volume_squares", codes, v * v), m, _VOLUME_BARS)
    spread = squares * _VOLUME_BARS - total * total
    deviation = np.sqrt(np.maximum(spread, 0)) / _VOLUME_BARS
    return np.where(spread > 0, (v - total / _VOLUME_BARS) / np.where(spread > 0, deviation, 1.0), 0.0)
