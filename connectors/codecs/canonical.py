"""The product's own tick: ``{"symbol","ts","price","qty","side","trade_id","exchange"}``.

``ts`` is integer nanoseconds UTC and nothing else: a producer that sends milliseconds is told so
(``bad_time``), not guessed at. ``price`` and ``qty`` are JSON numbers or decimal strings. ``side`` is
``"buy"`` or ``"sell"``, null or missing; ``trade_id`` an integer, a string, null or missing; ``exchange``
names the venue and may be missing.
"""

from __future__ import annotations

from connectors.codecs import fields
from connectors.codecs.items import Item, Message, Trade, read_trade
from models.ticks import NO_ID

_REQUIRED = frozenset({"symbol", "ts", "price", "qty"})


def read(message: Message) -> list[Item] | None:
    """Read one canonical tick; an object with three of the four required fields claims to be one."""
    if len(_REQUIRED & message.keys()) < 3:
        return None
    return [read_trade(_trade, message)]


def _trade(raw: Message) -> Trade:
    side, trade_id = raw.get("side"), raw.get("trade_id")
    return Trade(
        venue=fields.venue(raw.get("exchange")),
        name=fields.symbol(raw["symbol"]),
        ts=fields.time_ns(raw["ts"]),
        price=fields.price(raw["price"]),
        qty=fields.quantity(raw["qty"]),
        side=0 if side is None else fields.side(side, buy="buy", sell="sell"),
        trade_id=NO_ID if trade_id is None else fields.trade_id(trade_id),
    )
