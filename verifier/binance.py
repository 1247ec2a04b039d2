"""Messages of Binance: ``trade`` and ``aggTrade``, bare or in the envelope of a combined stream.

``T`` is when the trade happened, in ms (or in µs where its size says so). What is no trade is skipped: book
tickers, depth, acknowledgements, and prints whose ``X`` is not ``MARKET``.
"""

from __future__ import annotations

from typing import Any

from verifier.fields import (
    BAD_PRICE,
    BAD_QUANTITY,
    BAD_SIDE,
    BAD_SYMBOL,
    BAD_TIME,
    BAD_TRADE_ID,
    WRONG_SHAPE,
    Refused,
    Trade,
    Wanted,
    name,
    positive,
    read,
    time_ns,
    trade_id,
)

VENUE = "binance"
_ID = {"trade": "t", "aggTrade": "a"}
_BOOK_TICKER = frozenset("usbBaA")


def messages(raw: dict[str, Any]) -> list[Trade | Refused | None] | None:
    """Return the items of a message, None where it is none of Binance's."""
    if "stream" in raw and "data" in raw:
        return _enveloped(raw["stream"], raw["data"])
    event = _event(raw)
    return [None] if event is None and _is_control(raw) else event


def _enveloped(stream: object, data: object) -> list[Trade | Refused | None] | None:
    if not isinstance(stream, str) or not isinstance(data, dict | list):
        return None
    of_trades = stream.endswith(("@trade", "@aggTrade"))
    items: list[Trade | Refused | None] = []
    for one in data if isinstance(data, list) else [data]:
        event = _event(one) if isinstance(one, dict) else None
        items += event if event is not None else [Refused(WRONG_SHAPE) if of_trades else None]
    return items or [None]


def _event(raw: dict[str, Any]) -> list[Trade | Refused | None] | None:
    kind = raw.get("e")
    if not isinstance(kind, str):
        return None
    if kind in _ID:
        return [_trade(raw, _ID[kind])]
    return [None] if "E" in raw else None


def _is_control(raw: dict[str, Any]) -> bool:
    keys = raw.keys()
    answer = "id" in keys and ("result" in keys or "error" in keys)
    return "lastUpdateId" in keys or keys >= _BOOK_TICKER or answer or {"code", "msg"} <= keys


def _trade(raw: dict[str, Any], number: str) -> Trade | Refused | None:
    if raw.get("X") not in (None, "MARKET"):
        return None
    values = read(raw, [*_FIELDS, (number, trade_id, BAD_TRADE_ID)])
    if isinstance(values, Refused):
        return values
    symbol, ts, price, qty, _, found = values
    return Trade(VENUE, symbol, ts, price, qty, found)


def _time(raw: object) -> int | None:
    if type(raw) is not int:
        return None
    in_ms = time_ns(raw * 10**6)
    return time_ns(raw * 10**3) if in_ms is None else in_ms


def _side(raw: object) -> bool | int | None:
    return 1 if type(raw) is bool else None


_FIELDS: tuple[Wanted, ...] = (
    ("s", name, BAD_SYMBOL),
    ("T", _time, BAD_TIME),
    ("p", positive, BAD_PRICE),
    ("q", positive, BAD_QUANTITY),
    ("m", _side, BAD_SIDE),
)
