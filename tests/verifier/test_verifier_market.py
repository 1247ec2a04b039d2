"""The verifier's windows by hand: when seconds close, what they hold, and what becomes of each tick."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from verifier.events import Event, Expired, Moved, Rejected, Row
from verifier.life import Bar
from verifier.log import Record
from verifier.market import Market
from verifier.rules import MS, SECOND, Rules
from verifier.ticks import Unjudged

ZERO = 1_700_000_000
"""The second at which the timelines begin; it ends no bar of five seconds, but ZERO + 4 does."""


def at(seconds: float) -> int:
    """Return a time of the timeline in ns."""
    return ZERO * SECOND + round(seconds * 1_000) * MS


class Timeline:
    """A market that is fed by hand; ``said`` tells what each record releases, seconds from ``ZERO``."""

    def __init__(self, **rules: Any) -> None:
        self.market = Market(Rules(**rules))
        self._offset = 0

    def trade(
        self, seconds: float, price: float = 1.0, symbol: str = "A", log: float | None = None, **more: Any
    ) -> list[object]:
        """Take a trade in a record of its own, at the same log time if no other is given."""
        tick = {"symbol": symbol, "ts": at(seconds), "price": price, "qty": 1, **more}
        return self.take(orjson.dumps(tick), seconds if log is None else log)

    def take(self, value: bytes | None, log: float) -> list[object]:
        """Take a record."""
        record = Record("ticks", 0, self._offset, at(log) // MS, None, value)
        self._offset += 1
        return list(map(said, self.market.record(record)))

    def beat(self, seconds: float) -> list[object]:
        """Move log time."""
        return list(map(said, self.market.beat(at(seconds))))


def said(event: Event) -> object:
    """Return an event as a short tuple."""
    if isinstance(event, Row):
        return (event.symbol.name, event.closed.second - ZERO, event.closed.price, event.closed.bar.trades)
    if isinstance(event, Moved):
        return ("to", event.second - ZERO)
    if isinstance(event, Expired):
        return (event.symbol.name, "expired", event.second - ZERO)
    return event.reason


def test_a_second_closes_by_the_symbols_own_next_trade() -> None:
    """Log time is a grace behind and has closed nothing yet."""
    line = Timeline()
    assert line.trade(0.1, 10.0) == [("to", -1)]
    assert line.trade(0.9, 12.0) == []
    assert line.trade(1.0, 11.0) == [("to", 0), ("A", 0, 12.0, 2)]


def test_a_second_closes_by_log_time_a_grace_behind_it() -> None:
    """Through another symbol's trade, or a beat; idle seconds close with the last price."""
    line = Timeline()
    line.trade(0.1, 10.0)
    assert line.trade(1.9, 5.0, "B") == [("to", 0)]
    assert line.trade(2.0, 5.0, "B") == [("to", 1), ("A", 0, 10.0, 1), ("B", 1, 5.0, 1)]
    assert line.beat(3.999) == [("to", 2), ("A", 1, 10.0, 0)]
    assert line.beat(5.0) == [
        ("to", 4),
        ("A", 2, 10.0, 0),
        ("B", 2, 5.0, 1),
        ("A", 3, 10.0, 0),
        ("B", 3, 5.0, 0),
    ]
    assert line.beat(4.0) == []


def test_disorder_keeps_a_second_open_for_the_symbols_own_ticks() -> None:
    """Until a trade lies so far past its end."""
    line = Timeline(disorder_ms=500, grace_ms=5_000)
    line.trade(0.1, 10.0)
    line.beat(1.9)
    assert line.trade(1.4, 11.0) == []
    assert line.trade(0.9, 12.0, log=1.4) == []
    assert line.trade(1.5, 13.0) == [("A", 0, 12.0, 2)]


def test_a_tick_of_a_closed_second_is_late() -> None:
    """Closed by a trade of the same symbol, also one before it in the same record, or by log time."""
    line = Timeline()
    line.trade(0.5)
    line.trade(1.5)
    assert line.trade(0.9, log=1.5) == ["late"]
    both = [{"symbol": "A", "ts": at(t), "price": 1, "qty": 1} for t in (2.5, 1.9)]
    assert line.take(orjson.dumps(both), 2.5) == [("to", 1), "late", ("A", 1, 1.0, 1)]
    assert line.trade(0.9, symbol="B", log=2.5) == ["late"]
    assert line.trade(1.9, symbol="B", log=2.5) == []
    assert line.market.books == {"used": 4, "skipped": 0, "late": 3, "duplicate": 0, "invalid": 0}


def test_an_id_counts_once_in_its_second() -> None:
    """In another second, of another symbol, or without an id it is another trade."""
    line = Timeline()
    assert line.trade(0.1, trade_id=7) == [("to", -1)]
    assert line.trade(0.2, trade_id=7) == ["duplicate"]
    assert line.trade(0.2, trade_id=7, symbol="B") == []
    assert line.trade(0.3) == line.trade(0.3) == []
    assert line.trade(1.1, trade_id=7) == [("to", 0), ("A", 0, 1.0, 3)]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"seconds": 10.001, "log": 5.0}, "future"),
        ({"price": 1e-19}, "bad_price"),
        ({"price": 1e19}, "bad_price"),
        ({"qty": 2.0**53}, "bad_quantity"),
        ({"symbol": "C"}, "bad_symbol"),
    ],
)
def test_a_tick_that_cannot_be_is_refused(more: dict[str, Any], reason: str) -> None:
    """Too far ahead of log time, absurd, or of one symbol too many."""
    line = Timeline(max_symbols=2)
    line.trade(5.0)
    line.trade(5.0, symbol="B")
    assert line.trade(**({"seconds": 5.0} | more)) == [reason]
    assert line.market.books["invalid"] == 1


def test_a_symbol_expires_and_comes_back_without_a_past() -> None:
    """One time to live behind its last trade; the record that lets it expire may begin its next life."""
    line = Timeline(symbol_ttl_s=3)
    line.trade(0.5, 10.0)
    line.beat(4.5)
    assert line.beat(5.0) == [("to", 4), ("A", 3, 10.0, 0), ("A", "expired", 3)]
    assert line.beat(9.0) == [("to", 8)]
    assert line.trade(9.5, 20.0) == []
    assert line.trade(14.5, 30.0) == [
        ("to", 13), *[("A", second, 20.0, int(second == 9)) for second in range(9, 13)], ("A", "expired", 12),
    ]  # fmt: skip
    assert line.trade(15.5, 40.0) == [("to", 14), ("A", 14, 30.0, 1)]


def test_a_record_closes_by_log_time_first_and_then_by_its_own_trades() -> None:
    """Each by second and then by the order in which symbols appeared."""
    line = Timeline()
    line.trade(0.5, symbol="Z")
    line.trade(0.5, symbol="A")
    ticks = [{"symbol": name, "ts": at(4.0), "price": 1, "qty": 1} for name in ("A", "Z")]
    assert line.take(orjson.dumps(ticks), 3.0) == [
        ("to", 2), ("Z", 0, 1.0, 1), ("A", 0, 1.0, 1), ("Z", 1, 1.0, 0), ("A", 1, 1.0, 0),
        ("Z", 2, 1.0, 0), ("A", 2, 1.0, 0), ("Z", 3, 1.0, 0), ("A", 3, 1.0, 0),
    ]  # fmt: skip


def rows(line: Timeline, seconds: float) -> list[Row]:
    """Return the rows that a beat closes."""
    return [event for event in line.market.beat(at(seconds)) if isinstance(event, Row)]


def test_a_bar_holds_the_trades_of_its_second_in_log_order() -> None:
    """Also where their event times are out of order; the age counts from the newest."""
    line = Timeline()
    for seconds, price in ((0.5, 3.0), (0.9, 9.0), (0.1, 1.0), (0.7, 4.0)):
        line.trade(seconds, price, log=0.9, qty=0.25)
    (row,) = rows(line, 2.0)
    assert row.closed.bar == Bar(3.0, 9.0, 1.0, 4.0, 10**8, 4)
    assert (row.closed.price, row.closed.age, row.closed.five) == (4.0, 0.1, None)


def test_a_five_second_bar_joins_its_seconds() -> None:
    """It ends with every fifth second of the epoch, whenever the symbol began."""
    line = Timeline()
    for seconds, price in ((2.5, 3.0), (4.5, 9.0)):
        line.trade(seconds, price)
    found = {row.closed.second - ZERO: row.closed.five for row in rows(line, 11.0)}
    assert {second: five for second, five in found.items() if five} == {
        4: Bar(3.0, 9.0, 3.0, 9.0, 2 * 10**8, 2),
        9: Bar(),
    }


@pytest.mark.parametrize(("price", "units"), [(1.0, 1e8), (0.99, 1e6), (0.0099, 1e4), (9e-7, 1.0)])
def test_a_lot_follows_from_the_first_price(price: float, units: float) -> None:
    """Finer for dear symbols, once for as long as the shard lives."""
    line = Timeline()
    line.trade(0.5, price)
    line.trade(0.6, 1.0)
    assert rows(line, 2.0)[0].symbol.units == units


def test_a_name_of_two_venues_is_told_apart_by_the_second() -> None:
    """The first to appear keeps the plain name."""
    line = Timeline()
    line.trade(0.5, exchange="Binance")
    line.trade(0.5, exchange="bybit")
    assert [row.symbol.name for row in rows(line, 2.0)] == ["A", "bybit:A"]


def test_a_record_that_cannot_be_judged_moves_nothing() -> None:
    """Not even log time."""
    line = Timeline()
    line.trade(0.5)
    with pytest.raises(Unjudged):
        line.take(b'{"op":"ping"}', 9.0)
    assert line.beat(2.0) == [("to", 1), ("A", 0, 1.0, 1)]


def test_a_reject_names_its_place_and_symbol() -> None:
    """Places count what is a tick or claims to be one."""
    value = b'[]\n{"symbol":"A","ts":%d,"price":1,"qty":1}\n{"symbol":"A","ts":1,"price":1,"qty":1}\nx' % at(
        99
    )
    events = Market(Rules()).record(Record("ticks", 0, 0, at(0.5) // MS, None, value))
    found = [(e.place, e.reason, e.symbol) for e in events if isinstance(e, Rejected)]
    assert found == [(0, "future", "A"), (1, "bad_time", ""), (2, "not_json", "")]
