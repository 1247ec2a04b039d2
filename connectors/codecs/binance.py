"""Binance ``trade`` and ``aggTrade`` events, spot and futures, bare or in the combined-stream envelope.

``m`` true means the buyer was the maker, so the aggressor sold. Event time is ``T``, the time of the trade. A
futures print whose ``X`` is not ``MARKET`` (insurance fund, ADL, ``NA``; often with price 0) is no market
trade and is skipped. Quantities are as the exchange states them: COIN-margined futures count contracts.
"""

from __future__ import annotations

from connectors.codecs import fields
from connectors.codecs.items import SKIPPED, Item, Message, Trade, read_trade, refuse
from models.ticks import Reason

VENUE = "binance"
_IDS = {"trade": "t", "aggTrade": "a"}  # the field that numbers the event
_BOOK_TICKER = frozenset("usbBaA")


def read(message: Message) -> list[Item] | None:
    """Read one event or one envelope; other events, book snapshots and acknowledgements are skipped."""
    if "stream" in message and "data" in message:
        return _enveloped(message["stream"], message["data"])
    return _event(message) or ([SKIPPED] if _is_control(message) else None)


def _event(event: Message) -> list[Item] | None:
    kind = event.get("e")
    if not isinstance(kind, str):
        return None
    if kind in _IDS:
        return [read_trade(_trade, event)]
    return [SKIPPED] if "E" in event else None


def _enveloped(stream: object, payload: object) -> list[Item] | None:
    if not isinstance(stream, str) or not isinstance(payload, dict | list):
        return None
    events = payload if isinstance(payload, list) else [payload]
    return [item for event in events for item in _streamed(stream, event)] or [SKIPPED]


def _streamed(stream: str, event: object) -> list[Item]:
    items = _event(event) if isinstance(event, dict) else None
    if items is not None:
        return items
    if stream.endswith(("@trade", "@aggTrade")):
        return [refuse(Reason.WRONG_SHAPE, "a trade stream carries something that is no trade event")]
    return [SKIPPED]  # book tickers and partial books carry no event type


def _is_control(message: Message) -> bool:
    keys = message.keys()
    return (
        "lastUpdateId" in keys
        or keys >= _BOOK_TICKER
        or ("id" in keys and ("result" in keys or "error" in keys))
        or ("code" in keys and "msg" in keys)
    )


def _trade(raw: Message) -> Item:
    if raw.get("X") not in (None, "MARKET"):
        return SKIPPED
    return Trade(
        venue=VENUE,
        name=fields.symbol(raw["s"]),
        ts=fields.time_ms(raw["T"]),
        price=fields.price(raw["p"]),
        qty=fields.quantity(raw["q"]),
        side=fields.side(raw["m"], buy=False, sell=True),
        trade_id=fields.trade_id(raw[_IDS[raw["e"]]]),
    )
