"""Reading one field of a trade: the only place that says which symbol, time, price, side or id is good.

A field that is missing makes an item ``wrong_shape``; a field that is there but cannot be used, of whatever
JSON type, makes it ``bad_<field>``. Each function takes the decoded JSON value and raises ``FieldError``.

Numbers are JSON numbers or strings of ASCII digits with an optional point and exponent (``61837.63``, ``.5``,
``1e-7``), taken to the nearest double; signs, spaces, separators, hex, ``nan`` and ``inf`` are refused.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Never

from connectors.codecs.items import FieldError
from models.ticks import MAX_SYMBOL_LENGTH, Reason

SECOND = 10**9
EARLIEST = 978_307_200 * SECOND  # 2001-01-01
LATEST = 4_102_444_800 * SECOND  # 2100-01-01, exclusive
ID_LIMIT = 2**63

_NAME = re.compile(rf"[A-Z0-9][A-Z0-9._/-]{{0,{MAX_SYMBOL_LENGTH - 1}}}")
_VENUE = re.compile(rf"[a-z0-9][a-z0-9._-]{{0,{MAX_SYMBOL_LENGTH - 1}}}")
_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ID = re.compile(r"0|[1-9][0-9]{0,18}")
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z", re.ASCII)


def symbol(raw: object) -> str:
    """Return the instrument's name in capitals."""
    return _name(raw) if isinstance(raw, str) else _refuse(Reason.BAD_SYMBOL, "a name", raw)


def venue(raw: object) -> str:
    """Return the venue in small letters; empty for null or the empty string."""
    if raw is None or raw == "":
        return ""
    return _venue(raw) if isinstance(raw, str) else _refuse(Reason.BAD_SYMBOL, "a venue", raw)


@lru_cache(maxsize=65_536)
def _name(raw: str) -> str:
    # upper() alone would turn some other letters into ASCII ones
    name = raw.upper() if raw.isascii() else ""
    return name if _NAME.fullmatch(name) else _refuse(Reason.BAD_SYMBOL, f"like {_NAME.pattern}", raw)


@lru_cache(maxsize=1_024)
def _venue(raw: str) -> str:
    name = raw.lower() if raw.isascii() else ""
    return name if _VENUE.fullmatch(name) else _refuse(Reason.BAD_SYMBOL, f"like {_VENUE.pattern}", raw)


def time_ns(raw: object) -> int:
    """Return a time given in nanoseconds since 1970."""
    if type(raw) is int and EARLIEST <= raw < LATEST:
        return raw
    return _refuse(Reason.BAD_TIME, "integer nanoseconds from 2001 to 2100", raw)


def time_ms(raw: object) -> int:
    """Return ns for a time given in milliseconds, or in microseconds where its size says so."""
    if type(raw) is int:
        for unit in (10**6, 10**3):
            if EARLIEST <= raw * unit < LATEST:
                return raw * unit
    return _refuse(Reason.BAD_TIME, "integer milliseconds (or microseconds) from 2001 to 2100", raw)


def time_rfc3339(raw: object) -> int:
    """Return ns for a UTC time such as ``2026-08-09T21:05:42.514318Z``, exact to nine decimals."""
    expected = "a UTC time like 2026-08-09T21:05:42.514318Z, from 2001 to 2100"
    match = _RFC3339.fullmatch(raw) if isinstance(raw, str) else None
    if match is None:
        return _refuse(Reason.BAD_TIME, expected, raw)
    try:
        moment = datetime.fromisoformat(match[1]).replace(tzinfo=UTC)
    except ValueError:
        return _refuse(Reason.BAD_TIME, expected, raw)
    ts = int(moment.timestamp()) * SECOND + int((match[2] or "").ljust(9, "0"))
    return ts if EARLIEST <= ts < LATEST else _refuse(Reason.BAD_TIME, expected, raw)


def price(raw: object) -> float:
    """Return a finite price above zero."""
    return _positive(raw, Reason.BAD_PRICE)


def quantity(raw: object) -> float:
    """Return a finite quantity above zero."""
    return _positive(raw, Reason.BAD_QUANTITY)


def _positive(raw: object, reason: Reason) -> float:
    number = decimal(raw) if isinstance(raw, str) else _float(raw)
    if 0 < number < math.inf:
        return number
    return _refuse(reason, "a plain decimal number above zero", raw)


def decimal(raw: str) -> float:
    """Return the double nearest to a decimal string, NaN if it is none."""
    return float(raw) if _NUMBER.fullmatch(raw) else math.nan


def _float(raw: object) -> float:
    if type(raw) is not float and type(raw) is not int:
        return math.nan
    try:
        return float(raw)
    except OverflowError:
        return math.inf


def side(raw: object, *, buy: object, sell: object) -> int:
    """Return the aggressor's side, 1 or -1, given the two values that name it."""
    if type(raw) is type(buy) and raw in (buy, sell):
        return 1 if raw == buy else -1
    return _refuse(Reason.BAD_SIDE, f"{buy!r} or {sell!r}", raw)


def trade_id(raw: object) -> int:
    """Return an id in [0, 2**63): integers and plain decimal strings as they are, other strings hashed."""
    if type(raw) is int and 0 <= raw < ID_LIMIT:
        return raw
    if isinstance(raw, str) and raw:
        number = int(raw) if _ID.fullmatch(raw) else ID_LIMIT
        return number if number < ID_LIMIT else _hashed(raw)
    return _refuse(Reason.BAD_TRADE_ID, "an integer in [0, 2**63) or a string", raw)


def _hashed(text: str) -> int:
    digest = blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % ID_LIMIT


def _refuse(reason: Reason, expected: str, raw: object) -> Never:
    raise FieldError(reason, f"{reason.removeprefix('bad_')} must be {expected}, not {_shown(raw)}")


def _shown(raw: object) -> str:
    if isinstance(raw, str):
        return repr(raw[:60])
    if isinstance(raw, int) and abs(raw) > ID_LIMIT:
        return f"an integer of {raw.bit_length()} bits"
    return repr(raw) if raw is None or isinstance(raw, int | float) else type(raw).__name__
