"""The canonical tick, field by field."""

from __future__ import annotations

import pytest
from codec_payloads import CANONICAL, dumps, reasons, seen

from connectors.codecs import CODECS, Decoder
from models.ticks import NO_ID


def decode_one(message: object, codec: str = "canonical"):
    return Decoder(codec).decode([dumps(message)])


def test_a_canonical_tick_is_taken_as_it_is():
    """Every field of the columns comes from its field of the record."""
    (tick,) = seen(decode_one(CANONICAL))
    assert tick == (0, 0, "", "BTCUSDT", 1_723_161_255_342_000_123, 61837.63, 0.02, 1, 3735683259)


@pytest.mark.parametrize(("given", "stored"), [("buy", 1), ("sell", -1), (None, 0)])
def test_side_is_the_aggressors(given, stored):
    """A buy is 1, a sell -1, null is unknown."""
    (tick,) = seen(decode_one(CANONICAL | {"side": given}))
    assert tick.side == stored


@pytest.mark.parametrize("count", [1, 50])
def test_side_id_and_exchange_may_be_missing(count):
    """What a feed does not know it may leave out, read record by record or as columns."""
    required = {key: CANONICAL[key] for key in ("symbol", "ts", "price", "qty")}
    ticks = seen(Decoder("canonical").decode([dumps(required)] * count))
    assert [(tick.venue, tick.side, tick.trade_id) for tick in ticks] == [("", 0, NO_ID)] * count


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (0, 0),
        (2**63 - 1, 2**63 - 1),
        ("123", 123),
        ("9223372036854775807", 2**63 - 1),
        (None, NO_ID),
        # printf %s TEXT | b2sum -l 64, big endian, modulo 2**63
        ("a-1", 5329280699695797610),
        ("0123", 204275400524358528),
        ("9223372036854775808", 738759672502709442),
    ],
)
def test_trade_ids_become_integers(given, stored):
    """Integers and plain decimal strings stay what they are; any other string is hashed."""
    (tick,) = seen(decode_one(CANONICAL | {"trade_id": given}))
    assert tick.trade_id == stored


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("btcusdt", "BTCUSDT"),
        ("Eth-Usd", "ETH-USD"),
        ("BTC/USDT", "BTC/USDT"),
        ("1000pepe_x.y", "1000PEPE_X.Y"),
    ],
)
def test_symbols_are_capitals(given, name):
    """A symbol is upper-cased and otherwise as given."""
    (tick,) = seen(decode_one(CANONICAL | {"symbol": given}))
    assert tick.name == name


def test_the_exchange_becomes_the_venue_in_small_letters():
    """So a canonical tick and a raw one of the same exchange name the same instrument."""
    decoded = Decoder().decode(
        [dumps(CANONICAL | {"exchange": name}) for name in ("Binance", "binance", "", None)]
    )
    assert [tick.venue for tick in seen(decoded)] == ["binance", "binance", "", ""]
    assert decoded.ticks.symbols == (("binance", "BTCUSDT"), ("", "BTCUSDT"))


def test_milliseconds_are_refused_not_guessed():
    """``ts`` is nanoseconds; the detail says so."""
    decoded = decode_one(CANONICAL | {"ts": 1_723_161_255_342})
    assert reasons(decoded) == [(0, 0, "bad_time")]
    assert (
        decoded.invalid[0].detail == "time must be integer nanoseconds from 2001 to 2100, not 1723161255342"
    )


@pytest.mark.parametrize(
    ("ts", "good"),
    [
        (978_307_199_999_999_999, False),
        (978_307_200_000_000_000, True),
        (4_102_444_799_999_999_999, True),
        (4_102_444_800_000_000_000, False),
    ],
)
def test_times_from_2001_to_2100(ts, good):
    """The first good nanosecond is 2001-01-01, the last the one before 2100-01-01."""
    assert len(decode_one(CANONICAL | {"ts": ts}).ticks) == good


def test_price_and_quantity_may_be_strings_and_exponents():
    """A string is a decimal number, to the nearest double."""
    (tick,) = seen(decode_one(CANONICAL | {"price": "0.1e-6", "qty": "1E3"}))
    assert (tick.price, tick.qty) == (1e-7, 1000.0)


def test_an_unknown_codec_names_the_known_ones():
    """A mistyped setting is answered with what can be set."""
    with pytest.raises(
        ValueError, match="unknown codec 'binanse': choose one of auto, canonical, binance, bybit"
    ):
        Decoder("binanse")
    assert CODECS == ("auto", "canonical", "binance", "bybit", "coinbase", "mexc")
