"""The prices behind a result: what a fill pays in each second, what stood at each mark."""

from __future__ import annotations

import numpy as np
import pytest
from walks import assert_equal, decided, history, market

from models.backtest.decided import Decided, joined, nothing
from models.backtest.prices import Prices
from models.performance.trades import Trade
from models.spec import SECOND

NAN = float("nan")


def rows(*seconds: tuple[int, float, float]) -> Decided:
    """Return rows of second, price and open (NaN where nothing traded)."""
    blank = nothing().columns()
    columns = {name: np.zeros(len(seconds), dtype=column.dtype) for name, column in blank.items()}
    second, price, opened = zip(*seconds, strict=True)
    return Decided(
        **columns | {"second": np.array(second), "price": np.array(price), "open": np.array(opened)}
    )


def prices(*parts: Decided) -> Prices:
    found = Prices()
    for part in parts:
        found.take(part)
    return found


def trade(opened: int, closed: int, notional: float = 100.0) -> Trade:
    """Return a trade that was filled in two seconds."""
    ends = ((opened + 1) * SECOND, (closed + 1) * SECOND)
    return Trade("BTCUSDT", *ends, 1.0, 100.0, 100.0, 0.0, 0.0, 0.0, notional, "m")


def test_a_fill_pays_the_first_trade_or_else_the_last_price() -> None:
    """Second 11 had no trade; of 13 to 998, when the symbol's life had ended, there is no price at all."""
    found = prices(rows((10, 101.0, 100.0), (11, 101.0, NAN), (12, 103.0, 102.0), (999, 104.0, 105.0)))
    leg = found.leg([trade(12, 999, 7.0), trade(10, 11)])
    assert leg.prices.tolist() == [100.0, 101.0, 102.0, 105.0]
    assert (leg.entries.tolist(), leg.exits.tolist()) == ([0, 2], [1, 3])
    assert leg.notional.tolist() == [100.0, 7.0]


def test_marks_stand_at_the_last_price_before_them() -> None:
    """The first is what was first paid; before it there is none."""
    found = prices(rows((118, 100.0, 99.0), (119, 101.0, 100.0), (120, 102.0, 101.0)))
    marks = np.array([60, 118, 119, 120, 121, 180]) * SECOND
    assert found.at(marks).tolist()[1:] == [99.0, 99.0, 101.0, 102.0, 102.0]
    assert np.isnan(found.at(marks)[0])


@pytest.mark.parametrize("size", [1, 7, 100])
def test_how_the_rows_are_cut_does_not_show(size: int) -> None:
    """Law 1."""
    every, _ = decided(history(400, market(1)).batches())
    whole = prices(every)
    cut = [every.where(slice(i, i + size)) for i in range(0, len(every), size)]
    parts = prices(*cut)
    assert_equal(joined(cut), every)
    trades = [trade(int(second), int(second) + 3) for second in every.second[::37][:-1]]
    for mine, theirs in zip(parts.leg(trades), whole.leg(trades), strict=True):
        assert np.array_equal(mine, theirs)
    marks = np.arange(int(every.second[0]) - 60, int(every.second[-1]) + 90, 60) // 60 * 60 * SECOND
    assert np.array_equal(parts.at(marks), whole.at(marks), equal_nan=True)


def test_without_a_row_there_is_no_price() -> None:
    """Not a wrong one."""
    found = prices(nothing())
    assert len(found.leg([]).prices) == 0
    assert np.isnan(found.at(np.array([60 * SECOND]))).all()
