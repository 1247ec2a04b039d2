"""One-second bars: prices, exact sums, the tick rule, and what happens at the limits of an integer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples

from models.market.bars import LOT_LIMIT, Bars, aggregate, lot_digits, plausible
from models.market.pending import Trades
from models.ticks import NO_ID

Tick = tuple[int, int, float, int, int]  # code, second, price, lots, side
LIMIT = 1 << 54


def trades(*ticks: Tick) -> Trades:
    """Return ticks one nanosecond apart."""
    n = len(ticks)
    code, second, lots, side = (np.array([t[i] for t in ticks], dtype=np.int64) for i in (0, 1, 3, 4))
    price = np.array([t[2] for t in ticks], dtype=np.float64)
    return Trades(code, second, second * 10**9 + np.arange(n), price, lots, side, np.full(n, NO_ID))


def bars_of(*ticks: Tick, last_price: float = 0.0, last_sign: int = 0) -> Bars:
    """Return the bars of ticks whose symbols last traded at this price with this sign."""
    return aggregate(trades(*ticks), np.full(4, last_price), np.full(4, last_sign, dtype=np.int64))


def test_a_bar_has_open_high_low_close_and_sums() -> None:
    """In log order, which is not the order of prices."""
    bars = bars_of((0, 9, 10.0, 3, 1), (0, 9, 12.0, 4, -1), (0, 9, 7.0, 5, 1), (0, 9, 11.0, 6, 1))

    assert [c.tolist() for c in (bars.open, bars.high, bars.low, bars.close)] == [
        [10.0],
        [12.0],
        [7.0],
        [11.0],
    ]
    assert (bars.lots.tolist(), bars.signed.tolist(), bars.count.tolist()) == ([18], [10], [4])
    assert bars.notional.tolist() == [10.0 * 3 + 12.0 * 4 + 7.0 * 5 + 11.0 * 6]
    assert bars.last_ts.tolist() == [9 * 10**9 + 3]


def test_bars_are_ordered_by_symbol_and_second() -> None:
    """However their ticks are interleaved."""
    bars = bars_of(
        (1, 8, 1.0, 1, 1), (0, 9, 2.0, 1, 1), (1, 7, 3.0, 1, 1), (0, 9, 4.0, 1, 1), (1, 8, 5.0, 1, 1)
    )

    assert list(zip(bars.code.tolist(), bars.second.tolist(), strict=True)) == [(0, 9), (1, 7), (1, 8)]
    assert (bars.open.tolist(), bars.close.tolist()) == ([2.0, 3.0, 1.0], [4.0, 3.0, 5.0])


def test_the_newest_trade_is_the_one_with_the_highest_event_time() -> None:
    """A feed with disorder may log it before an older one; the close is the last in log order still."""
    ticks = trades((0, 9, 10.0, 1, 1), (0, 9, 11.0, 1, 1))
    swapped = replace(ticks, ts=ticks.ts[::-1])

    bars = aggregate(swapped, np.zeros(1), np.zeros(1, dtype=np.int64))

    assert (bars.last_ts.tolist(), bars.close.tolist()) == ([9 * 10**9 + 1], [11.0])


@pytest.mark.parametrize(
    ("prices", "last_price", "last_sign", "signs"),
    [
        ([100.0, 101.0, 101.0, 100.5, 100.5], 0.0, 0, [0, 1, 1, -1, -1]),  # a first trade has no side
        ([100.0, 100.0], 99.0, -1, [1, 1]),  # the trade before was in an earlier second
        ([100.0, 100.0], 100.0, -1, [-1, -1]),  # unchanged: the sign before is carried on
        ([100.0], 100.0, 0, [0]),
    ],
)
def test_the_tick_rule_gives_a_side_where_the_feed_has_none(
    prices: list[float], last_price: float, last_sign: int, signs: list[int]
) -> None:
    """Lee and Ready: up-tick buy, down-tick sell, unchanged as before."""
    before = {"last_price": last_price, "last_sign": last_sign}
    bars = [bars_of(*((0, 9, p, 1, 0) for p in prices[: i + 1]), **before) for i in range(len(prices))]  # type: ignore[arg-type]

    assert [bar.sign.tolist()[0] for bar in bars] == signs
    assert bars[-1].signed.tolist() == [sum(signs)]


def test_the_tick_rule_runs_on_across_seconds_and_sides_that_are_told() -> None:
    """A told side is the sign that an unchanged price carries on; another symbol between does not matter."""
    bars = bars_of((0, 8, 10.0, 1, -1), (1, 8, 50.0, 1, 0), (0, 9, 10.0, 2, 0), (0, 10, 11.0, 4, 0))

    assert bars.code.tolist() == [0, 0, 0, 1]
    assert (bars.sign.tolist(), bars.signed.tolist()) == ([-1, -1, 1, 0], [-1, -2, 4, 0])


@pytest.mark.parametrize(
    ("price", "digits"),
    [(61_234.5, 8), (1.0, 8), (0.99, 6), (0.01, 6), (0.0099, 4), (1e-6, 4), (9.9e-7, 0), (1e-18, 0)],
)
def test_dear_units_have_fine_lots(price: float, digits: int) -> None:
    """The bands of a symbol's first price."""
    assert lot_digits(np.array([price])).tolist() == [digits]


@pytest.mark.parametrize(
    ("price", "good"),
    [(5e-324, False), (9.9e-19, False), (1e-18, True), (1e18, True), (1.1e18, False), (1.7e308, False)],
)
def test_only_prices_of_this_world_are_plausible(price: float, good: bool) -> None:
    """Outside of them a ratio of two prices or a sum of amounts could overflow."""
    assert plausible(np.array([price])).tolist() == [good]


def test_a_bar_of_too_many_lots_is_capped_and_never_wraps_around() -> None:
    """Two thousand of the largest ticks would overflow an int64."""
    most = int(LOT_LIMIT)

    bars = bars_of(*[(0, 9, 1.0, most, 1)] * 2_000, *[(0, 10, 1.0, most, -1)] * 2_000, (0, 11, 1.0, most, 1))

    assert bars.lots.tolist() == [LIMIT, LIMIT, most]
    assert bars.signed.tolist() == [LIMIT, -LIMIT, most]


def test_no_bars_still_have_their_columns() -> None:
    """For a block in which nothing traded."""
    assert [len(getattr(Bars.none(), name)) for name in Bars.__dataclass_fields__] == [0] * 12


TICKS = st.tuples(
    st.integers(0, 2), st.integers(7, 9), st.sampled_from((99.5, 100.0, 100.1)), st.integers(1, 10**12),
    st.integers(-1, 1),
)  # fmt: skip


@examples(3)
@given(ticks=st.lists(TICKS, min_size=1, max_size=40))
def test_bars_are_those_of_plain_loops(ticks: list[Tick]) -> None:
    """Bit for bit, also the sum of amounts, which runs in log order."""
    bars = bars_of(*ticks)

    keys = sorted({tick[:2] for tick in ticks})
    assert list(zip(bars.code.tolist(), bars.second.tolist(), strict=True)) == keys
    for i, key in enumerate(keys):
        inside = [tick for tick in ticks if tick[:2] == key]
        prices = [tick[2] for tick in inside]
        amount = 0.0
        for _, _, price, lots, _ in inside:
            amount += price * lots
        assert (bars.open[i], bars.close[i]) == (prices[0], prices[-1])
        assert (bars.high[i], bars.low[i]) == (max(prices), min(prices))
        assert (bars.lots[i], bars.notional[i]) == (sum(tick[3] for tick in inside), amount)
        assert bars.count[i] == len(inside)
