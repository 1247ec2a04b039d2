"""However records are listed together, each gets the answer it gets alone, and every record gets one."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from codec_mutations import CORPUS, GOOD, records
from codec_payloads import BINANCE_AGG, BINANCE_STREAM, BINANCE_TRADE, CANONICAL, dumps, joined, seen
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connectors.codecs import CODECS, Decoder
from connectors.codecs.decode import BATCH_FROM
from models.ticks import NO_ID

THOROUGH = settings(
    deadline=None, derandomize=True, max_examples=100, suppress_health_check=list(HealthCheck)
)
codecs = st.sampled_from(CODECS)


def check(codec: str, values: list[bytes | None]) -> None:
    """A list must decode as its records do one by one, well formed and complete."""
    decoder = Decoder(codec)
    together = decoder.decode(values)
    ticks, skipped, invalid = joined([decoder.decode([value]) for value in values])
    assert seen(together) == ticks
    assert together.skipped.tolist() == skipped
    assert list(together.invalid) == invalid
    items = [*(tick.record for tick in ticks), *skipped, *(item.record for item in invalid)]
    assert set(items) == set(range(len(values)))
    assert list(together.invalid) == sorted(together.invalid, key=lambda item: item[:2])
    assert ticks == sorted(ticks, key=lambda tick: tick[:2])
    for tick in ticks:
        assert 0 < tick.price < math.inf
        assert 0 < tick.qty < math.inf
        assert tick.side in (-1, 0, 1)
        assert tick.trade_id >= NO_ID


@THOROUGH
@given(codecs, st.lists(records(), max_size=BATCH_FROM - 1))
def test_small_lists(codec, values):
    """Record by record."""
    check(codec, values)


@THOROUGH
@given(
    st.sampled_from(["auto", "canonical", "binance"]),
    st.lists(records(), max_size=20),
    st.sampled_from(GOOD),
    st.data(),
)
def test_large_lists(codec, values, good, data):
    """As columns: damaged records among good ones."""
    crowd = [*values, *[good] * (BATCH_FROM + 4)]
    check(codec, data.draw(st.permutations(crowd)))


@pytest.mark.slow
@THOROUGH
@given(codecs, st.lists(records(), min_size=BATCH_FROM, max_size=3 * BATCH_FROM))
def test_large_lists_of_damaged_records(codec, values):
    """As columns where hardly a record is good."""
    check(codec, values)


@THOROUGH
@given(codecs, st.lists(st.binary(max_size=200), max_size=2 * BATCH_FROM))
def test_random_bytes(codec, values):
    """Anything at all is answered, never raised."""
    check(codec, values)


def conflicting(message: dict[str, object], **others: object) -> list[bytes]:
    return [dumps(message | others), dumps(others | message)]


@pytest.mark.parametrize("codec", ["auto", "canonical", "binance"])
@pytest.mark.parametrize(
    "value",
    [
        *conflicting(BINANCE_TRADE, stream="x", data=5),
        *conflicting(BINANCE_TRADE, stream="btcusdt@trade", data=BINANCE_TRADE),
        *conflicting(BINANCE_TRADE, **CANONICAL),
        *conflicting(BINANCE_TRADE, symbol="ETHUSDT", ts=CANONICAL["ts"], price=1),
        *conflicting(BINANCE_TRADE, symbol="ETHUSDT", ts=CANONICAL["ts"], qty=1),
        *conflicting(BINANCE_STREAM, **CANONICAL),
        *conflicting(BINANCE_STREAM, symbol="ETHUSDT", ts=CANONICAL["ts"], price=1),
        *conflicting(BINANCE_STREAM, symbol="ETHUSDT", ts=CANONICAL["ts"], qty=1),
        *conflicting(BINANCE_STREAM, e="trade"),
        *conflicting(BINANCE_AGG, t=5),
        *conflicting(CANONICAL, e="depthUpdate", E=1, topic="orderbook.1.X", result=None, id=1),
        dumps(CANONICAL)[:-1] + b',"s\\u0069de":"sell"}',
        dumps(CANONICAL)[:-1] + b',"ts":5}',
        dumps(CANONICAL).replace(b'{"', b'{"ts":5,"', 1),
        dumps(CANONICAL)[:-1] + b',"note":"\xff"}',
        dumps(CANONICAL)[:-1] + b',"note":' + b"9" * 5_000 + b"}",
        dumps(CANONICAL)[:-1] + b',"note":' + b"[" * 120 + b"]" * 120 + b"}",
        dumps(BINANCE_TRADE)[:-1] + b',"note":' + b"[" * 120 + b"]" * 120 + b"}",
        dumps(BINANCE_TRADE | {"T": 4_102_444_800_000}),
        dumps(BINANCE_TRADE | {"T": 4_102_444_799_999_999}),
        dumps(BINANCE_TRADE | {"e": "aggTrade", "a": -1, "t": "x"}),
        dumps(BINANCE_TRADE | {"a": "x"}),
        dumps(BINANCE_TRADE | {"X": "NA", "p": "0"}),
    ],
)
def test_records_that_a_typed_and_an_untyped_decoder_could_read_differently(codec, value):
    """Two messages in one object, a key given twice or escaped, junk in fields nobody reads."""
    for crowd in (dumps(CANONICAL), dumps(BINANCE_TRADE)):
        check(codec, [value, *[crowd] * BATCH_FROM])


decimals = st.one_of(
    st.from_regex(r"[0-9]{1,25}(\.[0-9]{1,25})?", fullmatch=True),
    st.floats(min_value=0, exclude_min=True, allow_infinity=False).map(repr),
    st.integers(1, 10**30).map(str),
)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.lists(decimals, min_size=1, max_size=8))
@example(["9007199254740993", "0.1", "5e-324", "1.7976931348623157e308"])
@example(["2.2250738585072011e-308", "9007199254740992.9999999999999999999999999"])
def test_numbers_are_the_nearest_doubles(texts):
    """A price as a JSON number or a string, alone or in a column, is the nearest double."""
    texts = [text for text in texts if Fraction(text) > 0]
    nearest = [float(Fraction(text)) for text in texts]
    quoted = [dumps(BINANCE_TRADE | {"p": text}) for text in texts]
    bare = [dumps(CANONICAL | {"price": "?"}).replace(b'"?"', text.lstrip("0").encode()) for text in texts]
    bare = [value.replace(b":.", b":0.").replace(b'"price":,', b'"price":0,') for value in bare]
    for values in (quoted, bare):
        for times in (1, BATCH_FROM):
            usable = [price for price in nearest if 0 < price < math.inf]
            assert [tick.price for tick in seen(Decoder().decode(values * times))] == usable * times


def test_the_corpus_is_what_it_claims():
    """The mutations start from payloads that decode."""
    assert len(CORPUS) > 40
    assert len(Decoder().decode(GOOD * 2).ticks) == 2 * len(GOOD)
    assert not Decoder().decode(CORPUS).invalid
