"""Closed seconds as feature rows: bars laid on a dense grid, carried forward, features computed per block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.market import features, outcomes
from models.market.bars import Bars, lot_digits
from models.market.block import BarColumns, Block
from models.market.features import Grid, quantised_log
from models.market.history import extend, window_max
from models.market.store import Array, Column, SymbolRows
from models.spec import SECOND, Spec
from models.ticks import Bools, Floats, Ints

_UNITS = {"lot_digits": Column("i8", 0, 8), "price_unit": Column("f8", 0, 1)}
_LAST = {
    "last_price": Column("f8", 0, 0),
    "last_ts": Column("i8", 0, 0),
    "last_sign": Column("i8", 0, 0),
    "open": Column("f8", 4, np.nan),
}


def columns(spec: Spec) -> dict[str, Column]:
    """Return all state columns behind the rows."""
    return {**_UNITS, **_LAST, **features.COLUMNS, **outcomes.columns(spec.horizon_s)}


def set_lots(rows: SymbolRows, codes: Ints, price: Floats) -> None:
    """Fix the units of new symbols from their first price, once for as long as the shard lives."""
    rows["lot_digits"][codes] = lot_digits(price)
    rows["price_unit"][codes] = 10.0 ** np.floor(np.log10(price))


def admit(rows: SymbolRows, spec: Spec, codes: Ints, price: Floats) -> None:
    """Let symbols begin (again) at their first price, without a past."""
    rows.reset(codes, [name for name in columns(spec) if name not in _UNITS])
    features.begin(rows, codes, price)


@dataclass(frozen=True, slots=True)
class Release:
    """What released each row of a span, in the span's flat order."""

    offset: Ints  # next tick offset after the releasing record
    own: Bools  # by the symbol's own tick; log time goes first within a record
    seq: int


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive seconds of symbols that close now: ``count`` from ``first`` on, flat by symbol."""

    codes: Ints
    first: Ints
    count: Ints

    def starts(self) -> Ints:
        """Return where each symbol's seconds begin in the flat order."""
        return np.cumsum(self.count) - self.count

    def flat(self) -> tuple[Ints, Ints]:
        """Return symbol code and second of every row, symbol by symbol."""
        code = np.repeat(self.codes, self.count)
        step = np.arange(len(code)) - np.repeat(self.starts(), self.count)
        return code, np.repeat(self.first, self.count) + step


def close_rows(rows: SymbolRows, spec: Spec, span: Span, bars: Bars, release: Release) -> Block:
    """Return the block of a span, ordered by release, second and symbol."""
    code, second = span.flat()
    flat = _lay(rows, span, bars, code, second)
    parts = [_group(rows, spec, span, flat, second, n) for n in np.unique(span.count).tolist()]
    at = np.concatenate([part[0] for part in parts])
    columns = {name: np.concatenate([part[1][name] for part in parts]) for name in parts[0][1]}
    order = np.lexsort((code[at], second[at], release.own[at], release.offset[at]))
    picked = at[order]
    sorted_columns = {name: column[order] for name, column in columns.items()}
    where = (code[picked], second[picked], release.offset[picked], release.seq)
    return _block(*where, sorted_columns, 10.0 ** rows["lot_digits"][code[picked]])


def _lay(rows: SymbolRows, span: Span, bars: Bars, code: Ints, second: Ints) -> dict[str, Array]:
    """Put bars on the dense rows and carry price, time and sign of the last trade forward."""
    start = np.zeros(len(rows), dtype=np.int64)
    start[span.codes] = span.starts() - span.first
    at = start[bars.code] + bars.second
    flat = {name: _scatter(len(code), at, column, fill) for name, column, fill in _bar_fields(bars)}
    source = np.full(len(code), -1)
    source[at] = np.arange(len(bars))
    first = np.repeat(span.starts(), span.count)
    held = np.maximum.accumulate(np.where(source >= 0, np.arange(len(code)), first))
    for name, bar in (("last_price", bars.close), ("last_ts", bars.last_ts), ("last_sign", bars.sign)):
        carried = _carry(source[held], bar, rows[name][code])
        rows[name][span.codes] = carried[span.starts() + span.count - 1]
        flat[name] = carried
    flat["age"] = ((second + 1) * SECOND - flat["last_ts"]) / SECOND
    return flat


def _carry(source: Ints, bar: Array, before: Array) -> Array:
    if not len(bar):
        return before
    return np.where(source >= 0, bar[source.clip(min=0)], before)


def _bar_fields(bars: Bars) -> tuple[tuple[str, Array, float], ...]:
    return (
        ("open", bars.open, np.nan),
        ("high", bars.high, -np.inf),
        ("low", bars.low, np.inf),
        ("lots", bars.lots, 0),
        ("signed", bars.signed, 0),
        ("notional", bars.notional, 0.0),
        ("count", bars.count, 0),
    )


def _scatter(n: int, at: Ints, column: Array, fill: float) -> Array:
    dense = np.full(n, fill, dtype=column.dtype)
    dense[at] = column
    return dense


def _group(
    rows: SymbolRows, spec: Spec, span: Span, flat: dict[str, Array], second: Ints, n: int
) -> tuple[Ints, dict[str, Array]]:
    """Compute the rows of all symbols that close exactly ``n`` seconds; return flat places and columns."""
    group = np.flatnonzero(span.count == n)
    codes = span.codes[group]
    places = span.starts()[group][:, None] + np.arange(n)
    g = {name: column[places] for name, column in flat.items()}
    opens = extend(rows, "open", codes, g["open"])
    highs = np.concatenate([rows["high"][codes], g["high"]], axis=1)
    lows = np.concatenate([rows["low"][codes], g["low"]], axis=1)
    lots_before, count_before = rows["lots"][codes], rows["count"][codes]
    grid = Grid(
        codes, second[places], g["last_price"], g["high"], g["low"], g["lots"], g["signed"], g["notional"],
        g["count"], g["age"], rows["price_unit"][codes],
    )  # fmt: skip
    x, ends = features.features(rows, grid)
    log_close = quantised_log(g["last_price"])
    outcome, realised = outcomes.mature(
        rows, codes, log_close, g["age"], spec.horizon_s, spec.outcome_max_age_s
    )
    columns = {
        **g,
        "x": x,
        "ends": ends,
        "outcome": outcome,
        "realised": realised,
        "open5": _first_open(opens, n),
        "high5": window_max(highs, n, 5),
        "low5": -window_max(-lows, n, 5),
        "lots5": _recent(lots_before, g["lots"], n),
        "count5": _recent(count_before, g["count"], n),
    }
    return places.ravel(), {name: c.reshape(-1, *c.shape[2:]) for name, c in columns.items()}


def _recent(sums: Ints, new: Ints, n: int) -> Ints:
    """Return the sum over five rows, from the running sums before and the new values."""
    both = np.concatenate([sums, sums[:, -1:] + np.cumsum(new, axis=1)], axis=1)
    return np.asarray(both[:, -n:] - both[:, -n - 5 : -5])


def _first_open(opens: Floats, n: int) -> Floats:
    """Return the first open among the last five rows, NaN if nothing traded."""
    result = opens[:, -n:]
    for back in range(1, 5):
        earlier = opens[:, -n - back : -back]
        result = np.where(np.isnan(earlier), result, earlier)
    return result


def _block(code: Ints, second: Ints, offset: Ints, seq: int, c: dict[str, Array], units: Floats) -> Block:
    traded: Bools = c["count"] > 0
    nan = np.where(traded, 0.0, np.nan)
    bar = BarColumns(
        c["open"],
        np.where(traded, c["high"], np.nan),
        np.where(traded, c["low"], np.nan),
        c["last_price"] + nan,
        c["lots"] / units,
        c["count"],
    )
    five_traded: Bools = c["count5"] > 0
    five = BarColumns(
        c["open5"],
        np.where(five_traded, c["high5"], np.nan),
        np.where(five_traded, c["low5"], np.nan),
        np.where(five_traded, c["last_price"], np.nan),
        c["lots5"] / units,
        c["count5"],
    )
    return Block(
        code, second, offset, seq, np.ascontiguousarray(c["x"]), c["last_price"], c["age"], bar, c["ends"],
        five, c["outcome"], c["realised"],
    )  # fmt: skip
