"""Market against a slow reference that takes one tick at a time: rows, verdicts, lives, books, outcomes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples
from laws.strategies import logs, specs
from oracle.log import Event
from oracle.market import Reference
from oracle.rows import Row
from oracle.seen import SeenRow, expected_features, expected_rows, features_of, rows_of
from oracle.stages import inputs

from models.desk.desk import Desk
from models.market.block import Closed
from models.market.market import Market
from models.spec import Spec

TOLERANCES = {"volume_z": 1e-4, "rsi_14": 5e-6, "macd": 1e-11, "macd_hist": 1e-11}
"""Absolute; the rest are exact to 1e-9, the unit in which a return enters a volatility."""


def closed_by(log: list[Event], spec: Spec, cuts: list[int]) -> tuple[Market, list[Closed]]:
    """Return the market after a log and all it released."""
    market = Market(spec, Desk())
    return market, [one for activation in inputs(log, cuts) for one in market.step(activation)]


CUTS = st.lists(st.integers(0, 150), max_size=3)


@examples()
@given(log=logs(), spec=specs(), cuts=CUTS)
def test_rows_are_those_of_the_reference(log: list[Event], spec: Spec, cuts: list[int]) -> None:
    """Every closed second, its bars to the last bit, what released it and in which order."""
    expected = expected_rows(Reference(spec).take(log))

    seen = rows_of(closed_by(log, spec, cuts)[1])

    assert [row[:9] for row in seen] == [row[:9] for row in expected]
    assert [row.realised for row in seen] == [_near(row) for row in expected]


def _near(row: SeenRow) -> object:
    return None if row.realised is None else pytest.approx(row.realised, abs=2e-12)


@examples()
@given(log=logs(), spec=specs(), cuts=CUTS)
def test_lives_books_and_progress_are_those_of_the_reference(
    log: list[Event], spec: Spec, cuts: list[int]
) -> None:
    """Symbols in order of appearance, expiries, totals, and each move of log time with the totals then."""
    reference = Reference(spec).take(log)

    market, closed = closed_by(log, spec, cuts)

    assert market.symbols.symbols == reference.symbols
    assert tuple(market.ledger) == reference.books
    assert [
        (one.symbols[gone.code], gone.second, gone.offset, one.cause.seq)
        for one in closed
        for gone in one.expired
    ] == reference.expiries
    assert [
        (move.second, move.offset, one.cause.seq, move.totals) for one in closed for move in one.progress
    ] == reference.closings


@examples(0.5)
@given(log=logs(), spec=specs(), cuts=CUTS, every=st.integers(1, 9))
def test_features_are_those_of_the_reference(
    log: list[Event], spec: Spec, cuts: list[int], every: int
) -> None:
    """All features of some rows, each computed anew from its whole window."""
    reference = Reference(spec).take(log)

    seen = features_of(closed_by(log, spec, cuts)[1])

    assert len(seen) == len(reference.rows)
    step = max(every, len(seen) // 60)
    for row, features in list(zip(reference.rows, seen, strict=True))[::step]:
        for name, value in expected_features(row).items():
            assert features[name] == pytest.approx(value, rel=1e-9, abs=_tolerance(name, row)), (name, row)


def _tolerance(name: str, row: Row) -> float:
    if name not in ("vwap_dev_10s", "vwap_dev_60s"):
        return TOLERANCES.get(name, 1e-9)
    # a bar's paid amount is rounded to one lot at the power of ten below the first price
    span = int(name.removeprefix("vwap_dev_").removesuffix("s"))
    seconds = [second for second in row.past.seconds[-span:] if second.trades]
    return 1e-9 + len(seconds) / max(sum(trade.lots for trade in row.past.trades(span)), 1)
