"""Logs as hypothesis draws them and simulated markets, as the ticks and the journal of a shard."""

from __future__ import annotations

import itertools

import orjson
from oracle.log import Bad, Item, Log, Message, Order, Skip, Told, Trade

from models.desk.desk import Desk
from models.simulator import Faults, MarketSpec, instruments, simulate
from models.ticks import Reason
from tests.verifier.product import Written
from verifier.rules import MS

_SIDES = {1: "buy", -1: "sell", 0: None}


def written(log: Log) -> Written:
    """Return a log as ticks and journal."""
    found = Written().begin()
    for event in log:
        if isinstance(event, Message):
            value = b"\n".join(map(_line, event.items))
            found.tick(value, event.ts // MS, event.offset - found.next_tick)
        elif isinstance(event, Order):
            found.command(event.command.cmd, event.command.scope, **dict(event.command.args))
        elif isinstance(event, Told):
            found.news(event.news)
        else:
            found.beat(event.ts)
    return found


def _line(item: Item) -> bytes:
    """Return an item as one line of a record."""
    if isinstance(item, Skip):
        return b"[]"
    if isinstance(item, Bad):
        return (
            b"{}"
            if item.reason == Reason.WRONG_SHAPE
            else b'{"symbol":"A","price":0,"qty":1,"ts":%d}' % 10**18
        )
    return orjson.dumps(_body(item))


def _body(trade: Trade) -> dict[str, object]:
    return {
        "symbol": trade.symbol.name,
        "exchange": trade.symbol.venue,
        "ts": trade.ts,
        "price": trade.price,
        "qty": trade.qty,
        "side": _SIDES[trade.side],
        "trade_id": None if trade.trade_id == -1 else trade.trade_id,
    }


def simulated(records: int, desk: Desk | None = None) -> Written:
    """Return a simulated market with all its faults, and an operator's kills on top of it."""
    faults = Faults(late=0.02, duplicate=0.02, corrupt=0.03, future=0.01)
    market = MarketSpec(instruments=instruments(3), ticks_per_second=20, faults=faults)
    found = Written().begin(desk)
    for number, record in enumerate(itertools.islice(simulate(market, 3, 10**18), records)):
        found.tick(record.value, record.record_ts // MS)
        if number == records // 4:
            found.command("kill", "symbol:ETHUSDT", reason="drill")
        if number == records // 2:
            found.command("kill", reason="drill")
            found.open()
        if number == records * 3 // 4:
            found.command("unkill", reason="drill is over")
    found.beat(found.ticks[-1].ts_ms * MS + 130_000 * MS)
    return found
