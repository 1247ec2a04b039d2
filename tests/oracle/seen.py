"""What the real Market released, in the plain words of the reference, and their comparison."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from models.market.block import DOWN, STALE, TIE, UNKNOWN, UP, BarColumns, Closed
from models.market.schema import NAMES
from models.ticks import Symbol
from oracle.features import five_features, second_features
from oracle.market import Reference
from oracle.rows import Bar, Row

OUTCOMES = {UP: "up", DOWN: "down", TIE: "tie", STALE: "stale", UNKNOWN: "unknown"}


class SeenRow(NamedTuple):
    """A row of a block; a bar is (open, high, low, close, volume in units, trades)."""

    symbol: Symbol
    second: int
    offset: int
    seq: int
    bar: tuple[Any, ...]
    five: tuple[Any, ...] | None
    price: float
    age: float
    outcome: str
    realised: float | None


def rows_of(closed: Iterable[Closed]) -> list[SeenRow]:
    """Return all rows of blocks in their order."""
    return [_row(one, i) for one in closed if one.block is not None for i in range(len(one.block))]


def _row(closed: Closed, i: int) -> SeenRow:
    block = closed.block
    assert block is not None
    five = _bar(block.five, i) if block.ends_five[i] else None
    where = (int(block.second[i]), int(block.offset[i]), block.seq)
    last = (float(block.price[i]), float(block.age[i]))
    outcome = OUTCOMES[int(block.outcome[i])]
    return SeenRow(
        closed.symbols[block.code[i]],
        *where,
        _bar(block.bar, i),
        five,
        *last,
        outcome,
        _null(block.realised[i]),
    )


def _bar(bar: BarColumns, i: int) -> tuple[Any, ...]:
    prices = (_null(column[i]) for column in (bar.open, bar.high, bar.low, bar.close))
    return (*prices, float(bar.volume[i]), int(bar.count[i]))


def _null(number: float) -> float | None:
    return None if math.isnan(number) else float(number)


def expected_rows(reference: Reference) -> list[SeenRow]:
    """Return the reference's rows in the same form; volumes are the doubles nearest to the exact ones."""
    return [_expected(row, reference.digits[row.symbol]) for row in reference.rows]


def _expected(row: Row, digits: int) -> SeenRow:
    five = None if row.five is None else _in_units(row.five, digits)
    where = (row.symbol, row.second, row.offset, row.seq)
    return SeenRow(*where, _in_units(row.bar, digits), five, row.price, row.age, row.outcome, row.realised)


def _in_units(bar: Bar, digits: int) -> tuple[Any, ...]:
    return (*bar[:4], bar.lots / 10**digits, bar.trades)


def features_of(closed: Iterable[Closed]) -> list[dict[str, float]]:
    """Return the features of all rows by name."""
    matrices = [one.block.x.tolist() for one in closed if one.block is not None]
    return [dict(zip(NAMES, values, strict=True)) for matrix in matrices for values in matrix]


def expected_features(row: Row) -> Mapping[str, float]:
    """Return what the reference computes for a row, all features."""
    return second_features(row.past, row.age) | five_features(row.past)
