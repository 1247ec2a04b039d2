"""Training rows: the live stage's own rows, each joined to what became of the price behind it."""

from __future__ import annotations

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_rows import HORIZON, START, drawn_rows, market_rows, plain_rows
from one_shard import at, trade

from connectors.codecs import Decoder
from models.desk.desk import Desk
from models.inputs import TickBatch
from models.market.block import DOWN, STALE, TIE, UNKNOWN, UP, Closed
from models.market.market import Market
from models.spec import SECOND, Spec
from models.training.rows import Rows, RowsError, gather, join


def closed(trades: list[dict[str, object]], spec: Spec | None = None, height: int = 10_000) -> list[Closed]:
    """Return what Market makes of trades, so many records a batch."""
    market, values = Market(spec or Spec(), Desk()), [orjson.dumps(one) for one in trades]
    log_ts = np.array([one["ts"] for one in trades])
    decoder, found = Decoder("auto"), []
    for i in range(0, len(values), height):
        piece = values[i : i + height]
        offsets = np.arange(i, i + len(piece))
        batch = TickBatch(offsets, log_ts[i : i + height], piece, decoder.decode(piece), 0)
        found += market.step([batch])
    return found


def every_second(symbol: str, prices: list[float], first: int = 0) -> list[dict[str, object]]:
    """Return one trade in the middle of each second."""
    return [trade(symbol, first + k + 0.5, price) for k, price in enumerate(prices)]


def test_a_label_stands_at_the_row_whose_future_it_is() -> None:
    """Up where the price one horizon later is higher, with the log return; unknown where the history ends."""
    prices = [100.0] * 10 + [101.0] * 60 + [99.0] * 12
    rows = gather(closed(every_second("COIN", prices)), HORIZON, 0)

    label = dict(zip((rows.second - at(0) // SECOND).tolist(), rows.label.tolist(), strict=True))
    assert [label[s] for s in (0, 9, 10, 12)] == [UP, UP, DOWN, DOWN]
    assert label[81 - HORIZON] == UNKNOWN and label[80 - HORIZON] == DOWN
    assert rows.realised[0] == pytest.approx(np.log(1.01), abs=1e-11)
    assert np.isnan(rows.realised[rows.label == UNKNOWN]).all()


def test_ties_and_stale_prices_are_told_apart() -> None:
    """A price that did not move is a tie; one that was not traded for five seconds is stale."""
    log = [*every_second("COIN", [100.0] * 80), *every_second("COIN", [100.0] * 80, first=90)]
    rows = gather(closed(log), HORIZON, 0)

    label = dict(zip((rows.second - at(0) // SECOND).tolist(), rows.label.tolist(), strict=True))
    assert [label[s] for s in (0, 23, 24, 29, 30)] == [TIE, TIE, STALE, STALE, TIE]


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 400), st.integers(1, 9)), min_size=1, max_size=80),
    st.integers(1, 30),
    st.integers(0, 40),
)
def test_every_label_is_the_outcome_one_horizon_later(
    deals: list[tuple[int, int, int]], height: int, warm_up: int
) -> None:
    """Whatever trades, in batches of any height: labels are looked up one by one and the rows are ordered."""
    log = sorted(
        (trade(f"COIN{s}", second, 100.0 + price) for s, second, price in deals), key=lambda d: d["ts"]
    )
    log.append(trade("COIN0", 500, 100.0))
    found = closed(log, Spec(symbol_ttl_s=100), height)
    rows = gather(found, HORIZON, warm_up)

    outcomes = {
        (int(code), int(second)): int(outcome)
        for one in found
        if one.block is not None
        for code, second, outcome in zip(one.block.code, one.block.second, one.block.outcome, strict=True)
    }
    expected = [
        outcomes.get((c, s + HORIZON), UNKNOWN)
        for c, s in zip(rows.code.tolist(), rows.second.tolist(), strict=True)
    ]
    assert rows.label.tolist() == expected
    assert list(zip(rows.second, rows.code, strict=True)) == sorted(zip(rows.second, rows.code, strict=True))


def test_the_first_seconds_of_each_life_are_left_out() -> None:
    """Also when a symbol comes back after its time to live: its features begin anew."""
    log = [
        *every_second("COIN", [100.0] * 100),
        *every_second("COIN", [100.0] * 100, first=300),
        *every_second("LATE", [5.0] * 50, first=400),
    ]
    rows = gather(closed(log, Spec(symbol_ttl_s=60)), HORIZON, 30)

    def seconds(name: str) -> list[int]:
        return (rows.second[rows.code == rows.symbols.index(name)] - at(0) // SECOND).tolist()

    assert seconds("COIN")[0] == 30
    assert [b for a, b in zip(seconds("COIN"), seconds("COIN")[1:], strict=False) if b > a + 1] == [330]
    assert seconds("LATE")[0] == 430


def test_a_simulated_market_has_ups_and_downs_in_about_equal_number() -> None:
    """Without an edge; and a row for every symbol and second once it is warm."""
    rows = market_rows(3_600)

    assert rows.symbols == ("BTCUSDT", "ETHUSDT")
    assert len(rows) == pytest.approx(2 * (3_600 - 300), abs=60)
    assert rows.labelled().label.mean() == pytest.approx(0.5, abs=0.15)
    assert np.isfinite(rows.x).all()


def test_an_empty_history_says_so() -> None:
    """No second closed."""
    with pytest.raises(RowsError, match="closes no second"):
        gather([], HORIZON, 0)


def test_shards_become_one_table_in_the_order_of_time() -> None:
    """Each symbol keeps its rows under a new code, by name; those without a row are dropped."""
    one = plain_rows([0, 1, 2], [0, 0, 0], [1, 0, 1], symbols=2)
    other = Rows(("OTHER", "A"), one.code, one.second + 1, one.x + 1, one.label, one.realised)

    rows = join([one, other])

    assert rows.symbols == ("COIN0", "OTHER")
    assert (rows.second - START).tolist() == [0, 1, 1, 2, 2, 3]
    assert rows.code.tolist() == [0, 0, 1, 0, 1, 1]
    assert rows.x[:, 0].tolist() == [0, 0, 1, 0, 1, 1]
    assert [(c == d).all() for c, d in zip(columns(rows), columns(join([other, one])), strict=True)] == [
        True
    ] * 5


def columns(rows: Rows) -> list[np.ndarray]:
    """Return the columns of rows in a fixed order."""
    return [rows.code, rows.second, rows.x, rows.label, rows.realised]


def test_a_symbol_on_two_shards_is_an_error_that_names_it() -> None:
    """Its order would be lost."""
    with pytest.raises(RowsError, match="COIN0, COIN1 on two shards"):
        join([drawn_rows(3), drawn_rows(3)])
