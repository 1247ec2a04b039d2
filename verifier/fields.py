"""One canonical tick, field by field: the trade in it, or the reason for which it is refused.

A tick is ``{"symbol","ts","price","qty"}`` with ``side``, ``trade_id`` and ``exchange`` where there are any.
Fields are looked at in one order, so that of several faults the same one is named: exchange, symbol, ts,
price, qty, side, trade_id.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

NO_ID = -1

NOT_JSON, TOO_LARGE, WRONG_SHAPE = "not_json", "too_large", "wrong_shape"
BAD_SYMBOL, BAD_TIME, BAD_PRICE = "bad_symbol", "bad_time", "bad_price"
BAD_QUANTITY, BAD_SIDE, BAD_TRADE_ID = "bad_quantity", "bad_side", "bad_trade_id"
FUTURE, LATE, DUPLICATE = "future", "late", "duplicate"

_EARLIEST = 978_307_200 * 10**9  # 2001
_LATEST = 4_102_444_800 * 10**9  # 2100
_IDS = 2**63

_NAME = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,31}")
_VENUE = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_DECIMAL = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,18}")


class Trade(NamedTuple):
    """A trade as far as it decides bars and windows; ``ts`` in ns."""

    venue: str
    name: str
    ts: int
    price: float
    qty: float
    trade_id: int = NO_ID


class Refused(NamedTuple):
    """An item that is no tick, and why."""

    reason: str


Wanted = tuple[str, Callable[[Any], object], str]
"""A field that must be there, how it is read (None: it cannot be used), and the reason where it cannot."""


def read(raw: dict[str, Any], wanted: Iterable[Wanted]) -> list[Any] | Refused:
    """Return the values of fields in the order given, or the first fault."""
    values: list[Any] = []
    for name, value_of, reason in wanted:
        if name not in raw:
            return Refused(WRONG_SHAPE)
        value = value_of(raw[name])
        if value is None:
            return Refused(reason)
        values.append(value)
    return values


def canonical(raw: dict[str, Any]) -> Trade | Refused:
    """Return the trade in a canonical tick, or the first fault."""
    venue = _venue(raw.get("exchange"))
    if venue is None:
        return Refused(BAD_SYMBOL)
    values = read(raw, _REQUIRED)
    if isinstance(values, Refused):
        return values
    if raw.get("side") not in ("buy", "sell", None):
        return Refused(BAD_SIDE)
    number = raw.get("trade_id")
    number = NO_ID if number is None else trade_id(number)
    if number is None:
        return Refused(BAD_TRADE_ID)
    symbol, ts, price, qty = values
    return Trade(venue, symbol, ts, price, qty, number)


def _venue(raw: object) -> str | None:
    if raw is None or raw == "":
        return ""
    small = raw.lower() if isinstance(raw, str) and raw.isascii() else ""
    return small if _VENUE.fullmatch(small) else None


def name(raw: object) -> str | None:
    """Return the name of an instrument in capitals."""
    capital = raw.upper() if isinstance(raw, str) and raw.isascii() else ""
    return capital if _NAME.fullmatch(capital) else None


def time_ns(raw: object) -> int | None:
    """Return a time in ns, from 2001 to 2100."""
    return raw if type(raw) is int and _EARLIEST <= raw < _LATEST else None


def positive(raw: object) -> float | None:
    """Return a finite number above zero, from a JSON number or a string of plain digits; else None."""
    if type(raw) is str:
        number = float(raw) if _DECIMAL.fullmatch(raw) and raw.isascii() else 0.0
    else:
        number = float(raw) if type(raw) is float or type(raw) is int else 0.0
    return number if 0 < number < math.inf else None


def trade_id(raw: object) -> int | None:
    """Return an id from 0 to 2**63 - 1; strings that are no such number are hashed."""
    if type(raw) is int:
        return raw if 0 <= raw < _IDS else None
    if type(raw) is not str or not raw:
        return None
    if _WHOLE.fullmatch(raw) and int(raw) < _IDS:
        return int(raw)
    return int.from_bytes(hashlib.blake2b(raw.encode(), digest_size=8).digest(), "big") % _IDS


_REQUIRED: tuple[Wanted, ...] = (
    ("symbol", name, BAD_SYMBOL),
    ("ts", time_ns, BAD_TIME),
    ("price", positive, BAD_PRICE),
    ("qty", positive, BAD_QUANTITY),
)
