"""The guard before a bar is scored: it is closed unless every field is there and makes sense."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from models.market.bars import plausible
from models.ticks import MAX_SYMBOL_LENGTH

PRICES = ("o", "h", "l", "c")
FIELDS = ("ts", "symbol", "tf", *PRICES, "v")

_SYMBOL = re.compile(rf"(?:[a-z0-9][a-z0-9._-]{{0,31}}:)?[A-Z0-9][A-Z0-9._/-]{{0,{MAX_SYMBOL_LENGTH - 1}}}")
_TIMEFRAME = re.compile(r"[1-9][0-9]{0,3}[smhdw]")


class Bar(NamedTuple):
    """A sound bar: prices above zero, the high the highest and the low the lowest of them."""

    ts: int | float
    symbol: str
    tf: str
    o: float
    h: float
    l: float  # noqa: E741  the name of the field
    c: float
    v: float


class Breach(NamedTuple):
    """What is wrong with a field."""

    field: str
    why: str


def judged(feature: object) -> Bar | list[Breach]:
    """Return the bar in plain data, or every breach of it; never raises, whatever it is given."""
    if not isinstance(feature, Mapping):
        return [Breach("feature", _absent(feature) or "is not an object")]
    found = [Breach(name, why) for name in FIELDS if (why := _wrong(name, feature.get(name, _MISSING)))]
    return found or _ordered(Bar(**{name: _plain(feature[name]) for name in FIELDS}))


_MISSING = object()


def _wrong(name: str, value: object) -> str | None:
    if absent := _absent(value):
        return absent
    if name in ("symbol", "tf"):
        pattern = _SYMBOL if name == "symbol" else _TIMEFRAME
        said = "a symbol such as BTCUSDT" if name == "symbol" else "a length such as 1m, 5m, 1h"
        return None if isinstance(value, str) and pattern.fullmatch(value) else f"is not {said}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "is not a number"
    return _out_of_range(name, value)


def _absent(value: object) -> str | None:
    return "is missing" if value is _MISSING else "is null" if value is None else None


def _out_of_range(name: str, value: float) -> str | None:
    try:
        number = float(value)
    except OverflowError:
        return "is not a finite number"
    if not math.isfinite(number):
        return "is not a finite number"
    if name in PRICES and not plausible(np.array([number]))[0]:
        return "is not a price from 1e-18 to 1e18"
    if number < 0:
        return "is below 0"
    return None


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else float(value)


def _ordered(bar: Bar) -> Bar | list[Breach]:
    found = []
    if bar.h < max(bar.o, bar.c, bar.l):
        found.append(Breach("h", "is below another price of the bar"))
    if bar.l > min(bar.o, bar.c, bar.h):
        found.append(Breach("l", "is above another price of the bar"))
    return found or bar
