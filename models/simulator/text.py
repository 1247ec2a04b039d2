"""Ticks as bytes: the canonical JSON record, and the broken forms in which a feed may deliver it."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from itertools import pairwise

import numpy as np

from models.simulator.market import Instrument
from models.simulator.trades import Trades
from models.ticks import Ints


class Kind(IntEnum):
    """What a record of the stream really is; the truth a test compares verdicts with."""

    TICK = 0
    LATE = 1
    DUPLICATE = 2
    FUTURE = 3
    CUT = 4  # the second half is missing
    NAN = 5  # the price is NaN, which is no JSON
    NO_PRICE = 6
    WRONG_TYPE = 7  # the price is an object
    GARBAGE = 8  # no text at all

    @property
    def corrupt(self) -> bool:
        """Return whether no reader can make a tick of it."""
        return self >= Kind.CUT


def canonical(
    trades: Trades, event_ts: Ints, instruments: tuple[Instrument, ...], strings: bool
) -> list[bytes]:
    """Return each as ``{"symbol","ts","price","qty","side","trade_id"}``, ``ts`` in ns, fixed decimals."""
    out: list[bytes] = []
    starts = [*np.flatnonzero(trades.first).tolist(), len(trades.first)]
    sides = np.where(trades.buy, b"buy", b"sell")
    for start, end in pairwise(starts):
        instrument = instruments[trades.symbol[start]]
        price = trades.price[start:end] / 10**instrument.price_decimals
        qty = trades.qty[start:end] / 10**instrument.qty_decimals
        columns = (event_ts[start:end], price, qty, sides[start:end], trades.trade_id[start:end])
        template = _template(instrument, strings)
        out.extend([template % row for row in zip(*(c.tolist() for c in columns), strict=True)])
    return out


def _template(instrument: Instrument, strings: bool) -> bytes:
    q = '"' if strings else ""
    return (
        f'{{"symbol":"{instrument.symbol}","ts":%d,"price":{q}%.{instrument.price_decimals}f{q},'
        f'"qty":{q}%.{instrument.qty_decimals}f{q},"side":"%s","trade_id":%d}}'
    ).encode()


def in_the_future(value: bytes, ts: int, event_ts: int) -> bytes:
    """Return the record dated ``event_ts`` instead of ``ts``, without its id: it is nobody's duplicate."""
    head, _, _ = value.rpartition(b',"trade_id":')
    return head.replace(b'"ts":%d' % ts, b'"ts":%d' % event_ts) + b"}"


def corrupted(value: bytes, kind: Kind) -> bytes:
    """Return the broken form ``kind`` of a canonical record."""
    return _BREAKS[kind](value)


def _with_price(value: bytes, field: bytes) -> bytes:
    head, rest = value.split(b'"price":', 1)
    return head + field + rest[rest.index(b',"qty"') + (not field) :]


_BREAKS: dict[Kind, Callable[[bytes], bytes]] = {
    Kind.CUT: lambda v: v[: len(v) // 2],
    Kind.NAN: lambda v: _with_price(v, b'"price":NaN'),
    Kind.NO_PRICE: lambda v: _with_price(v, b""),
    Kind.WRONG_TYPE: lambda v: _with_price(v, b'"price":{"amount":1}'),
    Kind.GARBAGE: lambda v: bytes(255 - b for b in v[:32]),
}
CORRUPT = tuple(_BREAKS)
