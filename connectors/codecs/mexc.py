"""MEXC public deals: spot v3 as JSON pushes, spot protobuf pushes turned to JSON, and futures ``push.deal``.

Spot now streams protobuf (``PushDataV3ApiWrapper``); its JSON forms differ in names by who made them, and
64-bit integers become strings there, so a time may be a string of digits. A side is 1 for a buy and 2 for a
sell. Only the protobuf form numbers its trades. The order inside a message is not documented: trades are put
in order of time. Futures state their quantity in contracts, whose size the message does not tell.
"""

from __future__ import annotations

from typing import Any

from connectors.codecs import fields
from connectors.codecs.items import SKIPPED, Item, Message, Trade, in_order, read_trades
from models.ticks import NO_ID

VENUE = "mexc"
_BODIES = ("d", "publicAggreDeals", "publicDeals", "publicdeals")
_FUTURES_OTHER = ("push.", "rs.")


def read(message: Message) -> list[Item] | None:
    """Read one push; other channels, acknowledgements and pongs are skipped."""
    channel = message.get("c", message.get("channel"))
    if not isinstance(channel, str):
        return [SKIPPED] if {"id", "code", "msg"} <= message.keys() else None
    if channel.startswith("spot@"):
        return _spot(channel, message) if _is_deals(channel) else [SKIPPED]
    if channel == "push.deal":
        return _futures(message)
    return [SKIPPED] if channel == "pong" or channel.startswith(_FUTURES_OTHER) else None


def _is_deals(channel: str) -> bool:
    return channel.startswith("spot@public.") and ".deals." in channel


def _spot(channel: str, message: Message) -> list[Item]:
    symbol = message.get("s", message.get("symbol", channel.rpartition("@")[2]))
    body = next((message[key] for key in _BODIES if key in message), None)
    return _deals(symbol, _list_in(body))


def _futures(message: Message) -> list[Item]:
    body = message.get("data")
    if isinstance(body, dict):  # one deal comes without a list
        body = _list_in(body) if "deals" in body else [body]
    return _deals(message.get("symbol"), body)


def _list_in(body: object) -> object:
    return body.get("deals", body.get("dealsList")) if isinstance(body, dict) else None


def _deals(symbol: object, deals: object) -> list[Item]:
    return in_order(read_trades(lambda raw: _trade(symbol, raw), deals), "ts")


def _trade(symbol: object, raw: Message) -> Trade:
    return Trade(
        venue=VENUE,
        name=fields.symbol(symbol),
        ts=fields.time_ms(_integer(_first(raw, "t", "time"))),
        price=fields.price(_first(raw, "p", "price")),
        qty=fields.quantity(_first(raw, "v", "quantity")),
        side=fields.side(_first(raw, "S", "T", "tradeType", "tradetype"), buy=1, sell=2),
        trade_id=fields.trade_id(raw["tradeId"]) if "tradeId" in raw else NO_ID,
    )


def _first(raw: Message, *names: str) -> Any:
    for name in names:
        if name in raw:
            return raw[name]
    raise KeyError(names[0])


def _integer(raw: object) -> object:
    return int(raw) if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < 20 else raw
