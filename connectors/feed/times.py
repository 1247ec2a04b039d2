"""The one place that knows how feeds write time: reading it, finding it in a payload, and shifting it there.

Units of integers follow from their size (10 digits are seconds, 13 milliseconds, 16 microseconds, 19
nanoseconds), so one rule serves Binance's ``E`` and ``T``, Bybit's ``ts``, Coinbase's ISO strings, MEXC's
``t`` and ``sendtime`` and the canonical ``ts``. Ids, which may share a field name with a time (``t`` is a
trade id at Binance), are shorter than 13 digits.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

SECOND = 1_000_000_000
_HEAD = rb'(?P<head>"(?:E|T|t|ts|cts|time|timestamp|event_time|sendtime|sendTime|createTime)"\s*:\s*"?)'
_NUMBER = rb"(?P<number>\d{19}|\d{16}|\d{13})(?![\d.eE])"
_ISO = rb"(?P<date>\d{4}-\d\d-\d\d)(?P<t>[T ])(?P<clock>\d\d:\d\d:\d\d)(?:\.(?P<part>\d{1,9}))?(?=Z|\+00:00)"
_TIME = re.compile(_HEAD + rb"(?:" + _NUMBER + rb"|" + _ISO + rb")")
_UNIT = {10: SECOND, 13: 1_000_000, 16: 1_000, 19: 1}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def nanoseconds(value: object) -> int | None:
    """Return a number, digits, decimal seconds or ISO 8601 (UTC where it names no zone) as ns.

    None for everything else, and for what 64 bits cannot hold.
    """
    ts = _nanoseconds(value)
    return ts if ts is not None and abs(ts) < 1 << 63 else None


def _nanoseconds(value: object) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, int):
        return value * _unit_of(value)
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return (moment - _EPOCH) // timedelta(microseconds=1) * 1_000
    try:
        number = Decimal(str(value))
        return int(number * _unit_of(number)) if number.is_finite() else None
    except InvalidOperation:
        return _iso(str(value))


def event_time(payload: bytes) -> int | None:
    """Return the first time field of a payload in ns, None where it has none."""
    found = _TIME.search(payload)
    return _at(found) if found else None


def shifted(payload: bytes, by: int) -> bytes:
    """Return the payload with every time field moved by ``by`` ns, all other bytes untouched.

    ``by`` must be a whole number of milliseconds, or fields of different units would drift apart.
    """
    if by % 1_000_000:
        raise ValueError(f"a shift must be whole milliseconds, not {by} ns")
    return _TIME.sub(lambda found: _moved(found, by), payload)


def _at(found: re.Match[bytes]) -> int:
    if number := found["number"]:
        return int(number) * _UNIT[len(number)]
    moment = datetime.fromisoformat(f"{found['date'].decode()}T{found['clock'].decode()}+00:00")
    return (moment - _EPOCH) // timedelta(seconds=1) * SECOND + int((found["part"] or b"0").ljust(9, b"0"))


def _moved(found: re.Match[bytes], by: int) -> bytes:
    at = _at(found) + by
    if number := found["number"]:
        return found["head"] + b"%d" % (at // _UNIT[len(number)])
    moment = _EPOCH + timedelta(seconds=at // SECOND)
    whole = f"{moment:%Y-%m-%d}{found['t'].decode()}{moment:%H:%M:%S}".encode()
    part = b".%09d" % (at % SECOND)
    return found["head"] + whole + (part[: len(found["part"]) + 1] if found["part"] else b"")


def _unit_of(number: Decimal | int) -> int:
    size = abs(int(number))
    if size >= 10**17:
        return 1
    if size >= 10**14:
        return 1_000
    return 1_000_000 if size >= 10**11 else SECOND


def _iso(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return _nanoseconds(moment)
