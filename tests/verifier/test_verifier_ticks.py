"""What a tick record holds, by the verifier and by the product's decoder."""

from __future__ import annotations

import orjson
import pytest

from connectors.codecs import Decoder
from verifier.fields import Refused, Trade
from verifier.ticks import Unjudged, items_of

TICK = {
    "symbol": "btcusdt",
    "ts": 1_700_000_000_000_000_000,
    "price": 1.5,
    "qty": "2",
    "side": "buy",
    "trade_id": 7,
}
GOOD = Trade("", "BTCUSDT", 1_700_000_000_000_000_000, 1.5, 2.0, 7)


def tick(**fields: object) -> bytes:
    """Return a canonical tick with other fields; None leaves one out."""
    return orjson.dumps({name: v for name, v in (TICK | fields).items() if v is not None})


AGG_TRADE = {
    "e": "aggTrade",
    "E": 1,
    "s": "BTCUSDT",
    "p": "1.5",
    "q": "2",
    "T": 1_700_000_000_000,
    "m": True,
    "a": 7,
}
BINANCE = GOOD._replace(venue="binance")


def message(**fields: object) -> bytes:
    """Return an aggTrade of Binance with other fields; None leaves one out."""
    return orjson.dumps({name: v for name, v in (AGG_TRADE | fields).items() if v is not None})


RECORDS: dict[str, tuple[bytes | None, list[object]]] = {
    "tick": (tick(), [GOOD]),
    "venue": (tick(exchange="Binance"), [GOOD._replace(venue="binance")]),
    "no id, no side": (tick(trade_id=None, side=None), [GOOD._replace(trade_id=-1)]),
    "id as text": (tick(trade_id="12"), [GOOD._replace(trade_id=12)]),
    "hashed id": (tick(trade_id="a-1"), [GOOD._replace(trade_id=5_329_280_699_695_797_610)]),
    "exponent": (tick(price="1e-7"), [GOOD._replace(price=1e-7)]),
    "whole price": (tick(price=3), [GOOD._replace(price=3.0)]),
    "tombstone": (None, [None]),
    "array": (b"[" + tick() + b"," + tick(price=0) + b"]", [GOOD, "bad_price"]),
    "lines": (tick() + b"\n\n" + tick(qty=-1) + b"\n[]\nx", [GOOD, "bad_quantity", None, "not_json"]),
    "empty array": (b"[]", [None]),
    "empty": (b"", ["not_json"]),
    "cut": (tick()[:40], ["not_json"]),
    "NaN": (tick().replace(b"1.5", b"NaN"), ["not_json"]),
    "no price": (tick(price=None), ["wrong_shape"]),
    "two of four": (b'{"symbol":"A","ts":1}', ["wrong_shape"]),
    "all shapeless": (b"[1, 2, {}]", ["wrong_shape"]),
    "one has a shape": (b"[1, " + tick() + b"]", ["wrong_shape", GOOD]),
    "price object": (tick(price={"amount": 1}), ["bad_price"]),
    "price true": (tick(price=True), ["bad_price"]),
    "price signed": (tick(price="+1"), ["bad_price"]),
    "price too large": (tick().replace(b"1.5", b"1e999"), ["bad_price"]),
    "price of forty digits": (tick().replace(b"1.5", b"1" * 40), [GOOD._replace(price=float("1" * 40))]),
    "price text too large": (tick(price="1e999"), ["bad_price"]),
    "milliseconds": (tick(ts=1_700_000_000_000), ["bad_time"]),
    "float time": (tick(ts=1.7e18), ["bad_time"]),
    "symbol": (tick(symbol="BTC USDT"), ["bad_symbol"]),
    "other alphabet": (tick(symbol="\u017f"), ["bad_symbol"]),
    "venue bad": (tick(exchange="a b"), ["bad_symbol"]),
    "side": (tick(side="BUY"), ["bad_side"]),
    "id negative": (tick(trade_id=-1), ["bad_trade_id"]),
    "id too large": (tick(trade_id=2**63), ["bad_trade_id"]),
    "id empty": (tick(trade_id=""), ["bad_trade_id"]),
    "first fault is named": (tick(price="x", qty="x", symbol=""), ["bad_symbol"]),
    "bytes": (bytes(255 - b for b in tick()[:32]), ["not_json"]),
    "aggTrade": (message(), [BINANCE]),
    "trade": (message(e="trade", t=8), [BINANCE._replace(trade_id=8)]),
    "trade without id": (message(e="trade"), ["wrong_shape"]),
    "microseconds": (message(T=1_700_000_000_000_123), [BINANCE._replace(ts=1_700_000_000_000_123_000)]),
    "seconds": (message(T=1_700_000_000), ["bad_time"]),
    "no market trade": (message(X="NA", p="0"), [None]),
    "aggressor": (message(m=1), ["bad_side"]),
    "no id": (message(a=None), ["wrong_shape"]),
    "enveloped": (b'{"stream":"btcusdt@aggTrade","data":' + message() + b"}", [BINANCE]),
    "enveloped list": (b'{"stream":"x","data":[' + message() + b',{"E":1},7]}', [BINANCE, None, None]),
    "enveloped nothing": (b'{"stream":"x","data":[]}', [None]),
    "trade stream without trades": (b'{"stream":"btcusdt@trade","data":[{}, 1]}', ["wrong_shape"]),
    "depth": (b'{"e":"depthUpdate","E":1}', [None]),
    "book ticker": (b'{"u":1,"s":"A","b":"1","B":"1","a":"2","A":"1"}', [None]),
    "answer": (b'{"id":1,"result":null}', [None]),
    "error": (b'{"code":1,"msg":"no"}', [None]),
    "snapshot": (b'{"lastUpdateId":1}', [None]),
    "deep": (b"[" * 100 + tick() + b"]" * 100, ["not_json"]),
    "deep and broken": (b"[" * 5_000, ["not_json"]),
    "wide": (b'{"e":"depthUpdate","E":1,"b":[' + b",".join([b'["1","2"]'] * 200) + b"]}", [None]),
    "too large": (b" " * (2**20 + 1), ["too_large"]),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_holds_these_items(name: str) -> None:
    """Trades, reasons, or nothing to trade on."""
    value, items = RECORDS[name]
    found = [item.reason if isinstance(item, Refused) else item for item in items_of(value)]
    assert found == items


@pytest.mark.parametrize("name", RECORDS)
def test_the_product_reads_the_same(name: str) -> None:
    """The same trades, the same reasons in the same places, the same count of what is skipped."""
    value, _ = RECORDS[name]
    decoded = Decoder().decode([value])
    t = decoded.ticks
    columns = (t.symbol, t.ts, t.price, t.qty, t.trade_id)
    rows = zip(t.place.tolist(), *(column.tolist() for column in columns), strict=True)
    read: dict[int, object] = {place: Trade(*t.symbols[symbol], *rest) for place, symbol, *rest in rows}
    read |= {one.place: Refused(str(one.reason)) for one in decoded.invalid}

    own = items_of(value)

    assert [item for item in own if item is not None] == [read[place] for place in sorted(read)]
    assert own.count(None) == len(decoded.skipped)


@pytest.mark.parametrize(
    "value",
    [
        b'{"e":"trade of another kind","s":"BTCUSDT"}',
        b'{"stream":7,"data":{}}',
        b'{"topic":"publicTrade.BTCUSDT","data":[]}',
        b'{"channel":"market_trades","events":[]}',
        b'{"c":"spot@public.deals.v3.api@BTCUSDT","d":{}}',
        tick() + b'\n{"op":"pong"}',
        b'{"op":"ping"}',
    ],
)
def test_what_may_be_an_exchanges_own_message_is_not_judged(value: bytes) -> None:
    """Rather no answer than a guess."""
    with pytest.raises(Unjudged):
        items_of(value)


def test_with_the_canonical_codec_an_exchanges_message_is_no_tick() -> None:
    """And what another codec would read is not judged at all."""
    assert items_of(b'{"e":"trade","s":"BTCUSDT"}', "canonical") == [Refused("wrong_shape")]
    with pytest.raises(Unjudged, match="codec 'bybit'"):
        items_of(tick(), "bybit")
