"""Tables of trades under whatever column names: which column means what, and a row as a canonical tick."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import orjson

from connectors.feed.errors import FeedError
from connectors.feed.files.recorded import Recorded
from connectors.feed.times import nanoseconds

# In the order of preference; compared in small letters, without spaces, dashes and underscores.
_NAMES = {
    "ts": ("ts", "timestamp", "time", "transacttime", "tradetime", "t", "datetime", "date"),
    "received": ("localtimestamp", "receivedat", "receivetime", "received"),
    "symbol": ("symbol", "s", "market", "pair", "instrument", "productid"),
    "price": ("price", "p"),
    "qty": ("qty", "quantity", "amount", "size", "volume", "q"),
    "side": ("side", "takerside"),
    "maker": ("isbuyermaker", "buyermaker", "wasthebuyerthemaker", "m"),
    "exchange": ("exchange", "venue"),
    "trade_id": ("tradeid", "id", "aggtradeid", "aggregatetradeid", "a"),
}
SIDES = {"buy": "buy", "b": "buy", "1": "buy", "sell": "sell", "s": "sell", "-1": "sell"}
_DIGITS = re.compile(r"[0-9]{1,18}").fullmatch
SIDE_OF_MAKER = {"true": "sell", "1": "sell", "false": "buy", "0": "buy"}


def meanings(columns: Sequence[str]) -> dict[str, int]:
    """Return the place of each of the meanings that has a column."""
    plain = ["".join(c for c in name.lower() if c.isalnum()) for name in columns]
    found = ((meaning, next((n for n in names if n in plain), None)) for meaning, names in _NAMES.items())
    return {meaning: plain.index(name) for meaning, name in found if name is not None}


class RowReader:
    """Turns a row into a record: a canonical tick at its receive time, else at its event time.

    A symbol column comes before ``symbol``. Numbers keep their value and text keeps its digits; what cannot
    be understood is handed on as it is, for the codec to refuse. Raises ``FeedError`` without a column for
    time, price and quantity, or without a symbol.
    """

    def __init__(self, columns: Sequence[str], symbol: str | None, origin: object) -> None:
        self.place = place = meanings(columns)
        if missing := {"ts", "price", "qty"} - place.keys():
            raise FeedError(f"{origin}: no column for {', '.join(sorted(missing))} in {', '.join(columns)}")
        if symbol is None and "symbol" not in place:
            raise FeedError(f"{origin}: no column and no name tells the symbol; give it with --symbol")
        self._width = len(columns)
        self.symbol = symbol
        self._ts, self._price, self._qty = place["ts"], place["price"], place["qty"]
        self._at_symbol, self._received = place.get("symbol"), place.get("received")
        self._options = _options(place)

    def __call__(self, row: Sequence[object]) -> Recorded:
        """Return the record of one row; a short row lacks its last cells."""
        if len(row) < self._width:
            row = [*row, *[None] * (self._width - len(row))]
        ts = nanoseconds(row[self._ts])
        name = str((self._at_symbol is not None and row[self._at_symbol]) or self.symbol)
        tick = {"symbol": name, "ts": row[self._ts] if ts is None else ts}
        tick |= {"price": row[self._price], "qty": row[self._qty]}
        for field, at, meant in self._options:
            if row[at] not in (None, ""):
                tick[field] = meant(str(row[at]).strip())
        received = None if self._received is None else nanoseconds(row[self._received])
        return Recorded(ts if received is None else received, name, orjson.dumps(tick, default=str))


_Option = tuple[str, int, Callable[[str], object]]


def _options(place: dict[str, int]) -> list[_Option]:
    options: list[_Option] = []
    if "side" in place:
        options.append(("side", place["side"], lambda text: SIDES.get(text.lower(), text)))
    elif "maker" in place:
        options.append(("side", place["maker"], lambda text: SIDE_OF_MAKER.get(text.lower(), text)))
    if "exchange" in place:
        options.append(("exchange", place["exchange"], str.lower))
    if "trade_id" in place:
        options.append(("trade_id", place["trade_id"], lambda text: int(text) if _DIGITS(text) else text))
    return options
