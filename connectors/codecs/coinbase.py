"""Coinbase trades: Advanced Trade ``market_trades``, and ``match`` / ``last_match`` of the Exchange feed.

In both, ``side`` is the *maker's* side (the recorded trades at the ask say ``SELL``), so the aggressor is the
opposite. Advanced Trade lists the trades of a message newest first, in its opening snapshot as in its
updates; they are put back into the order of (time, trade id), and ids are sequential per product. Times have
up to nine decimals.
"""

from __future__ import annotations

from connectors.codecs import fields
from connectors.codecs.items import (
    SKIPPED,
    Item,
    Message,
    Trade,
    in_order,
    read_trade,
    read_trades,
    refuse,
)
from models.ticks import Reason

VENUE = "coinbase"
_EXCHANGE_TYPES = frozenset(
    {
        *("subscriptions", "heartbeat", "ticker", "ticker_batch", "snapshot", "l2update", "status", "error"),
        *("received", "open", "done", "change", "activate", "auction", "rfq_match"),
    }
)
_EXCHANGE_MARKS = frozenset({"product_id", "channels", "products", "message"})


def read(message: Message) -> list[Item] | None:
    """Read one message of either feed; other channels and types are skipped."""
    if isinstance(message.get("channel"), str) and "events" in message:
        return _market_trades(message["events"]) if message["channel"] == "market_trades" else [SKIPPED]
    kind = message.get("type")
    if not isinstance(kind, str) or message.keys().isdisjoint(_EXCHANGE_MARKS):
        return None
    if kind in ("match", "last_match"):
        return [read_trade(_match, message)]
    return [SKIPPED] if kind in _EXCHANGE_TYPES else None


def _market_trades(events: object) -> list[Item]:
    if not isinstance(events, list):
        return [refuse(Reason.WRONG_SHAPE, f"events must be a list, not {type(events).__name__}")]
    items = [item for event in events for item in _event(event)]
    return in_order(items, "ts", "trade_id") or [SKIPPED]


def _event(event: object) -> list[Item]:
    if not isinstance(event, dict):
        return [refuse(Reason.WRONG_SHAPE, f"an event must be an object, not {type(event).__name__}")]
    return read_trades(_market_trade, event.get("trades"))


def _market_trade(raw: Message) -> Trade:
    return _trade(raw, fields.side(raw["side"], buy="SELL", sell="BUY"))


def _match(raw: Message) -> Trade:
    return _trade(raw, fields.side(raw["side"], buy="sell", sell="buy"))


def _trade(raw: Message, side: int) -> Trade:
    return Trade(
        venue=VENUE,
        name=fields.symbol(raw["product_id"]),
        ts=fields.time_rfc3339(raw["time"]),
        price=fields.price(raw["price"]),
        qty=fields.quantity(raw["size"]),
        side=side,
        trade_id=fields.trade_id(raw["trade_id"]),
    )
