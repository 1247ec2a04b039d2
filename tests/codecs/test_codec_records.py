"""Records: tombstones, arrays and lines, and how ticks are numbered inside of them."""

from __future__ import annotations

import numpy as np
import pytest
from codec_payloads import BINANCE_TRADE, BYBIT, CANONICAL, NO_TRADES, dumps, reasons, seen

from connectors.codecs import Decoder
from models.ticks import Symbol

ONE, TWO = CANONICAL | {"trade_id": 1}, CANONICAL | {"trade_id": 2, "symbol": "ETHUSDT"}
BAD = CANONICAL | {"price": 0}
OTHER = NO_TRADES["binance"][0]


def places(decoded):
    return [(tick.record, tick.place, tick.trade_id) for tick in seen(decoded)]


def test_no_records():
    """An empty poll is an empty batch with arrays of the right types."""
    decoded = Decoder().decode([])
    ticks = decoded.ticks
    columns = (
        ticks.record,
        ticks.place,
        ticks.symbol,
        ticks.ts,
        ticks.price,
        ticks.qty,
        ticks.side,
        ticks.trade_id,
    )
    assert [column.dtype for column in columns] == ["i8", "i8", "i8", "i8", "f8", "f8", "i1", "i8"]
    assert (len(ticks), ticks.symbols, decoded.skipped.dtype, decoded.invalid) == (0, (), np.int64, ())


@pytest.mark.parametrize("count", [1, 100])
def test_columns_have_the_declared_types(count):
    """Read record by record or as columns, the arrays are the same kind."""
    decoded = Decoder().decode([dumps(CANONICAL)] * count)
    ticks = decoded.ticks
    columns = (
        ticks.record,
        ticks.place,
        ticks.symbol,
        ticks.ts,
        ticks.price,
        ticks.qty,
        ticks.side,
        ticks.trade_id,
    )
    assert [column.dtype for column in columns] == ["i8", "i8", "i8", "i8", "f8", "f8", "i1", "i8"]
    assert {len(column) for column in columns} == {count}
    assert ticks.record.tolist() == list(range(count))


def test_a_tombstone_is_skipped():
    """A record without a value carries no trade."""
    assert Decoder().decode([None, dumps(ONE), None]).skipped.tolist() == [0, 2]


def test_an_array_of_messages():
    """Places count trades and refused items; a skipped one takes no place."""
    decoded = Decoder().decode([dumps(ONE), dumps([ONE, OTHER, BAD, TWO, 5, OTHER])])
    assert places(decoded) == [(0, 0, 1), (1, 0, 1), (1, 2, 2)]
    assert reasons(decoded) == [(1, 1, "bad_price"), (1, 3, "wrong_shape")]
    assert decoded.skipped.tolist() == [1, 1]


def test_messages_of_several_feeds_in_one_array():
    """Each is told by itself, also when it holds many trades."""
    decoded = Decoder().decode([dumps([ONE, BYBIT, BINANCE_TRADE])])
    assert [(tick.place, tick.venue) for tick in seen(decoded)] == [(0, ""), (1, "bybit"), (2, "binance")]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\n\n", b" \n\t"])
def test_one_message_a_line(newline):
    """NDJSON with any line ends, blank lines and a last newline; a bad line is refused at its place."""
    record = newline.join([dumps(ONE), dumps(OTHER), b"{broken", dumps([TWO, BAD])]) + newline
    decoded = Decoder().decode([record])
    assert places(decoded) == [(0, 0, 1), (0, 2, 2)]
    assert reasons(decoded) == [(0, 1, "not_json"), (0, 3, "bad_price")]
    assert decoded.skipped.tolist() == [0]


def test_a_pretty_printed_record_is_one_message():
    """Newlines inside of a JSON document do not make it NDJSON."""
    pretty = b'{\n "symbol": "BTCUSDT",\n "ts": 1723161255342000000,\n "price": 1,\n "qty": 1\n}\n'
    assert len(Decoder().decode([pretty]).ticks) == 1
    assert reasons(Decoder().decode([pretty[:-2]])) == [(0, 0, "not_json")]


def test_records_with_newlines_do_not_shift_their_neighbours():
    """In a large list, two halves of a tick stay two bad records, and two ticks on two lines one record."""
    whole, (first, second) = dumps(ONE), dumps(TWO).split(b",", 1)
    values = [whole] * 50
    values[10], values[11], values[12], values[13] = first, second, whole + b"\n" + whole, b""
    decoded = Decoder().decode(values)
    assert reasons(decoded) == [(10, 0, "not_json"), (11, 0, "not_json"), (13, 0, "not_json")]
    assert [tick.record for tick in seen(decoded)] == [*range(10), 12, 12, *range(14, 50)]


@pytest.mark.parametrize("codec", ["auto", "canonical"])
def test_symbols_are_numbered_by_use(codec):
    """The table of a batch names the instruments of its ticks and no others, each once."""
    for crowd in (1, 30):
        values = [
            dumps(m)
            for m in (TWO, ONE, BAD | {"symbol": "BAD", "price": "0"}, ONE, TWO | {"symbol": "ethusdt"})
        ]
        ticks = Decoder(codec).decode(values * crowd).ticks
        assert ticks.symbols == (Symbol("", "ETHUSDT"), Symbol("", "BTCUSDT"))
        assert ticks.symbol.tolist() == [0, 1, 1, 0] * crowd


def test_a_decoder_keeps_nothing():
    """The same list gives the same batch whatever was read before it."""
    decoder, values = Decoder(), [dumps(m) for m in (ONE, BAD, TWO, OTHER)] * 10
    before = decoder.decode(values)
    decoder.decode([dumps(TWO), b"junk", dumps(BYBIT)] * 20)
    after = decoder.decode(values)
    assert seen(before) == seen(after)
    assert before.ticks.symbols == after.ticks.symbols
    assert before.invalid == after.invalid
