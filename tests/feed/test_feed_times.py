"""Times in payloads: every spelling is read as the same instant, and a shift moves all of them alike."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from connectors.feed.times import event_time, nanoseconds, shifted

NS = 1_700_000_000_123_456_789  # 2023-11-14T22:13:20.123456789Z
HOUR = 3_600_000_000_000


@pytest.mark.parametrize(
    ("written", "ns"),
    [
        (1_700_000_000, 1_700_000_000_000_000_000),
        (1_700_000_000_123, 1_700_000_000_123_000_000),
        (1_700_000_000_123_456, 1_700_000_000_123_456_000),
        (NS, NS),
        ("1700000000123", 1_700_000_000_123_000_000),
        ("1700000000.123456789", NS),
        (1_700_000_000.5, 1_700_000_000_500_000_000),
        ("2023-11-14T22:13:20.123456Z", 1_700_000_000_123_456_000),
        ("2023-11-14 22:13:20", 1_700_000_000_000_000_000),
        ("2023-11-15T01:13:20+03:00", 1_700_000_000_000_000_000),
        (datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC), 1_700_000_000_000_000_000),
        (None, None),
        ("", None),
        ("soon", None),
        ("NaN", None),
        ("9" * 40, None),
    ],
)
def test_every_spelling_of_a_time_is_read_exactly(written: object, ns: int | None) -> None:
    """Units follow from the size; what is no time, or no 64-bit one, is None."""
    assert nanoseconds(written) == ns


TRADE = (
    b'{"e":"trade","E":1700000000123,"s":"BTCUSDT","t":3071245454,"p":"1700000000123.5","T":1700000000122}'
)
ENVELOPE = (
    b'{"stream":"x@aggTrade","data":{"e":"aggTrade","E":1700000000123456,"T":1700000000122456,"m":true}}'
)
BYBIT = (
    b'{"topic":"publicTrade.X","ts":1700000000123,"data":[{"T":1700000000120,"i":"a-1"},{"T":1700000000121}]}'
)
COINBASE = (
    b'{"channel":"market_trades","timestamp":"2023-11-14T22:13:20.123456789Z","events":[{"trades":'
    b'[{"trade_id":"1700000000123","time":"2023-11-14T22:13:19.5Z"},{"time":"2023-11-14T22:13:19Z"}]}]}'
)
MEXC = b'{"c":"spot@public.deals","d":{"deals":[{"S":1,"t":1700000000100}]},"t":1700000000123}'
MEXC_JSON = (
    b'{"symbol":"X","sendTime":"1700000000123","publicAggreDeals":{"deals":[{"time":"1700000000100"}]}}'
)
CANONICAL = b'{"symbol":"X","ts":1700000000123456789,"price":1.50,"trade_id":1700000000123}'


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (TRADE, TRADE.replace(b'"E":1700000000123', b'"E":1700003600123').replace(b"00000122", b"03600122")),
        (ENVELOPE, ENVELOPE.replace(b"1700000000", b"1700003600")),
        (BYBIT, BYBIT.replace(b"1700000000", b"1700003600")),
        (COINBASE, COINBASE.replace(b"T22:", b"T23:")),
        (MEXC, MEXC.replace(b"1700000000", b"1700003600")),
        (MEXC_JSON, MEXC_JSON.replace(b"1700000000", b"1700003600")),
        (CANONICAL, CANONICAL.replace(b'"ts":1700000000', b'"ts":1700003600')),
    ],
)
def test_a_shift_moves_every_time_field_and_no_other_byte(payload: bytes, expected: bytes) -> None:
    """An hour later, in each format; ids and prices that look like times stay, as does every other digit."""
    assert shifted(payload, HOUR) == expected
    assert shifted(expected, -HOUR) == payload


def test_a_shift_crosses_days_in_iso_times_and_keeps_their_digits() -> None:
    """Two hours after a quarter past ten in the evening is the next day, with as many decimals as before."""
    moved = json.loads(shifted(COINBASE, 2 * HOUR))
    assert moved["timestamp"] == "2023-11-15T00:13:20.123456789Z"
    assert [t["time"] for t in moved["events"][0]["trades"]] == [
        "2023-11-15T00:13:19.5Z",
        "2023-11-15T00:13:19Z",
    ]


def test_a_broken_payload_is_shifted_as_far_as_it_can_be_read() -> None:
    """Cut JSON and binary stay just as broken."""
    assert shifted(TRADE[:30], HOUR) == b'{"e":"trade","E":1700003600123'
    assert shifted(b"\x00\xff\xfe", HOUR) == b"\x00\xff\xfe"


@pytest.mark.parametrize("number", ["17000000001234", "1700000000123.5", "1700000000123e3", "20231114"])
def test_a_number_of_no_known_unit_is_left_alone(number: str) -> None:
    """Neither shifted nor read as a time."""
    payload = f'{{"symbol":"X","ts":{number}}}'.encode()
    assert shifted(payload, HOUR) == payload
    assert event_time(payload) is None


def test_a_shift_by_parts_of_a_millisecond_is_refused() -> None:
    """Milliseconds could not follow, and the fields would drift apart."""
    with pytest.raises(ValueError, match="milliseconds"):
        shifted(TRADE, 1)


@pytest.mark.parametrize(
    ("payload", "ns"),
    [
        (TRADE, 1_700_000_000_123_000_000),
        (ENVELOPE, 1_700_000_000_123_456_000),
        (BYBIT, 1_700_000_000_123_000_000),
        (COINBASE, NS),
        (CANONICAL, NS),
        (b'{"u":1,"s":"BTCUSDT","b":"1.0"}', None),
        (b'{"e":"trade","t":3071245454}', None),
    ],
)
def test_the_event_time_of_a_payload_is_its_first_time_field(payload: bytes, ns: int | None) -> None:
    """Ids under the name of a time are too short to be one."""
    assert event_time(payload) == ns
