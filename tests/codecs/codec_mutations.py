"""Hypothesis strategies that damage good payloads: bytes at random, values and keys with intent."""

from __future__ import annotations

import re

from codec_payloads import NO_TRADES, TRADES, dumps
from hypothesis import strategies as st

CORPUS = [
    dumps(message)
    for messages in (*TRADES.values(), *NO_TRADES.values())
    for message in messages
    if len(dumps(message)) < 2_000
]
GOOD = [dumps(message) for messages in TRADES.values() for message in messages]

_SCALAR = re.compile(rb'(?<=[:\[,])(?:"(?:[^"\\]|\\.)*"|-?[0-9.eE+-]+|true|false|null)(?=[,}\]])')
_KEY = re.compile(rb'"([A-Za-z_]+)":')

VALUES = [
    *(
        b"0",
        b"1",
        b"2",
        b"-1",
        b"-0.0",
        b"1.0",
        b"1e3",
        b"1e400",
        b"1e-400",
        b"true",
        b"false",
        b"null",
        b"[]",
        b"{}",
    ),
    *(
        b'""',
        b'"1"',
        b'"1.5"',
        b'".5"',
        b'"5."',
        b'"1_0"',
        b'" 1"',
        b'"+1"',
        b'"1e5"',
        b'"nan"',
        b'"inf"',
        b'"0"',
    ),
    *(
        b'"buy"',
        b'"Sell"',
        b'"MARKET"',
        b'"NA"',
        b'"trade"',
        b'"aggTrade"',
        b'"btcusdt"',
        b'"\\u0042"',
        b'"\xc3\x9f"',
    ),
    *(
        b'"\xff"',
        b'"a\nb"',
        b"NaN",
        b"1723161255342",
        b"1723161255342123",
        b"1723161255342000000",
        b"4102444800000",
    ),
    *(
        b"9223372036854775807",
        b"9223372036854775808",
        b"9" * 30,
        b"9" * 700,
        b"9" * 5_000,
        b'"' + b"9" * 700 + b'"',
    ),
    *(
        b'"' + b"A" * 33 + b'"',
        b'"2023-02-09T20:19:35Z"',
        b"[" * 200 + b"]" * 200,
        b"9007199254740993",
        b"0.1",
    ),
]
KEYS = [
    *(
        b"symbol",
        b"ts",
        b"price",
        b"qty",
        b"side",
        b"trade_id",
        b"exchange",
        b"e",
        b"E",
        b"s",
        b"t",
        b"a",
        b"p",
        b"q",
    ),
    *(
        b"T",
        b"m",
        b"X",
        b"stream",
        b"data",
        b"topic",
        b"op",
        b"channel",
        b"events",
        b"type",
        b"c",
        b"d",
        b"id",
    ),
    *(b"result", b"lastUpdateId", b"product_id", b"s\\u0069de", b"\\u0065", b"\xff", b"note"),
]

values, keys = st.sampled_from(VALUES), st.sampled_from(KEYS)


@st.composite
def changed_value(draw: st.DrawFn, payload: bytes) -> bytes:
    """Replace one scalar of a payload."""
    spots = list(_SCALAR.finditer(payload))
    if not spots:
        return payload
    spot = draw(st.sampled_from(spots))
    return payload[: spot.start()] + draw(values) + payload[spot.end() :]


@st.composite
def changed_key(draw: st.DrawFn, payload: bytes) -> bytes:
    """Rename one key."""
    spots = list(_KEY.finditer(payload))
    if not spots:
        return payload
    spot = draw(st.sampled_from(spots))
    return payload[: spot.start(1)] + draw(keys) + payload[spot.end(1) :]


@st.composite
def added_field(draw: st.DrawFn, payload: bytes) -> bytes:
    """Add a field, perhaps a second time, to the outermost or innermost object."""
    field = b'"' + draw(keys) + b'":' + draw(values)
    if draw(st.booleans()):
        return payload.replace(b"{", b"{" + field + b",", 1)
    end = payload.find(b"}")
    return payload[:end] + b"," + field + payload[end:] if end > 0 else payload


@st.composite
def changed_bytes(draw: st.DrawFn, payload: bytes) -> bytes:
    """Cut a piece out and put another in."""
    start = draw(st.integers(0, len(payload)))
    end = draw(st.integers(start, min(len(payload), start + 8)))
    inserted = draw(
        st.one_of(st.binary(max_size=4), st.sampled_from([b"\n", b"}\n{", b" ", b"[", b"}", b'"', b"\\"]))
    )
    return payload[:start] + inserted + payload[end:]


@st.composite
def damaged(draw: st.DrawFn, corpus: list[bytes] = CORPUS) -> bytes:
    """Return a payload of the corpus with up to three changes."""
    payload = draw(st.sampled_from(corpus))
    for change in draw(
        st.lists(st.sampled_from([changed_value, changed_key, added_field, changed_bytes]), max_size=3)
    ):
        payload = draw(change(payload))
    return payload


@st.composite
def combined(draw: st.DrawFn, corpus: list[bytes] = CORPUS) -> bytes:
    """Return several payloads as one array or as lines."""
    payloads = draw(st.lists(damaged(corpus), max_size=4))
    return draw(st.sampled_from([b"\n".join(payloads), b"[" + b",".join(payloads) + b"]"]))


def records(corpus: list[bytes] = CORPUS) -> st.SearchStrategy[bytes | None]:
    """Return record values of every kind, most of them nearly right."""
    return st.one_of(damaged(corpus), damaged(corpus), combined(corpus), st.binary(max_size=60), st.none())
