"""Round trips from fills, worked out by hand."""

from __future__ import annotations

from typing import Any

from models.backtest.round_trips import RoundTrips
from models.performance.trades import Trade


def fill(side: str, ts: int, qty: str, price: str, position: str, **more: Any) -> dict[str, Any]:
    """Return the body of a fill; fee and slippage are 1 and 0.5 unless given."""
    plain = {"symbol": "BTCUSDT", "venue": "binance", "model": "ml-fusion", "fee": "1", "slippage": "0.5"}
    notional = str(float(qty) * float(price))
    amounts = {"qty": qty, "price": price, "notional": notional, "position": position, "realised": None}
    return plain | {"side": side, "ts": ts} | amounts | more


def test_a_purchase_and_its_sale_are_a_trade() -> None:
    """Fees and slippage are of both sides, the profit is the account's."""
    trips = RoundTrips()
    trips.take(fill("BUY", 10, "2", "100", "2"))
    assert list(trips.open) == ["binance:BTCUSDT"]
    trips.take(fill("SELL", 70, "2", "110", "0", realised="18", fee="1.1", slippage="0.6"))
    assert trips.closed == [
        Trade("binance:BTCUSDT", 10, 70, 2.0, 100.0, 110.0, 18.0, 2.1, 1.1, 200.0, "ml-fusion")
    ]
    assert not trips.open


def test_what_is_sold_in_parts_shares_the_costs_of_the_purchase() -> None:
    """A quarter first: a quarter of the entry's fee; the rest with the last sale."""
    trips = RoundTrips()
    trips.take(fill("BUY", 10, "4", "100", "4", fee="8", slippage="4"))
    trips.take(fill("SELL", 20, "1", "100", "3", realised="-3", fee="1", slippage="0"))
    trips.take(fill("SELL", 30, "3", "100", "0", realised="-9", fee="3", slippage="0"))
    assert [(t.notional, t.fees, t.slippage, t.profit, t.closed_ts) for t in trips.closed] == [
        (100.0, 3.0, 1.0, -3.0, 20),
        (300.0, 9.0, 3.0, -9.0, 30),
    ]


def test_a_second_purchase_joins_the_first() -> None:
    """At the mean price, held since the first."""
    trips = RoundTrips()
    trips.take(fill("BUY", 10, "1", "100", "1"))
    trips.take(fill("BUY", 20, "1", "200", "2"))
    trips.take(fill("SELL", 30, "2", "150", "0", realised="-3"))
    [trade] = trips.closed
    assert (trade.opened_ts, trade.qty, trade.entry_price, trade.fees) == (10, 2.0, 150.0, 3.0)


def test_symbols_are_apart() -> None:
    """By their venue too; without one, the name is the plain one."""
    trips = RoundTrips()
    trips.take(fill("BUY", 10, "1", "100", "1"))
    trips.take(fill("BUY", 10, "1", "100", "1", venue=""))
    assert list(trips.open) == ["binance:BTCUSDT", "BTCUSDT"]
