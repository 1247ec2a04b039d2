"""Bybit v5 ``publicTrade`` messages; ``S`` is the taker's side, ``T`` the time of the fill in ms.

A block trade (``BT``) is agreed off the book at a price the market did not make, so it is skipped like other
prints that are no market trades. An RPI trade fills on the book against a retail taker and counts. The
exchange lists the trades of a message in the order they matched. Spot and derivatives cannot be told apart,
so the venue is ``bybit`` for both; inverse contracts state their quantity in USD.
"""

from __future__ import annotations

from connectors.codecs import fields
from connectors.codecs.items import SKIPPED, Item, Message, Trade, read_trades

VENUE = "bybit"
_TRADES = "publicTrade"
_OTHER_TOPICS = frozenset(
    {
        *(
            "orderbook",
            "tickers",
            "kline",
            "liquidation",
            "allLiquidation",
            "insurance",
            "priceLimit",
            "adlAlert",
        ),
        *("lt", "tickers_lt", "kline_lt", "system", "rfq"),
    }
)


def read(message: Message) -> list[Item] | None:
    """Read one push; other topics, acknowledgements and pongs are skipped."""
    topic = message.get("topic")
    if not isinstance(topic, str):
        return [SKIPPED] if _is_control(message) else None
    kind = topic.partition(".")[0]
    if kind == _TRADES:
        return read_trades(_trade, message.get("data"))
    return [SKIPPED] if kind in _OTHER_TOPICS else None


def _is_control(message: Message) -> bool:
    return "op" in message and (
        "success" in message or "ret_msg" in message or message["op"] in ("ping", "pong")
    )


def _trade(raw: Message) -> Item:
    if raw.get("BT") is True:
        return SKIPPED
    return Trade(
        venue=VENUE,
        name=fields.symbol(raw["s"]),
        ts=fields.time_ms(raw["T"]),
        price=fields.price(raw["p"]),
        qty=fields.quantity(raw["v"]),
        side=fields.side(raw["S"], buy="Buy", sell="Sell"),
        trade_id=fields.trade_id(raw["i"]),
    )
