"""Results as plain data and back: what goes into a file, and reading one that anybody may have written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from models.performance.result import FORMAT, Result
from models.performance.trades import Trade

_TRADE = set(Trade._fields)


class ResultError(ValueError):
    """Not a backtest result of this version; the message says what is wrong and where."""


def as_dict(result: Result) -> dict[str, Any]:
    """Return plain data for JSON; raises ``ResultError`` where a figure is NaN or infinite, naming it."""
    plain: dict[str, Any] = msgspec.to_builtins(result)
    plain["trades"] = [trade._asdict() for trade in result.trades]
    _refuse_infinite(plain, "$")
    return plain


def from_dict(plain: object) -> Result:
    """Return the result in plain data; raises ``ResultError`` for anything else, saying where."""
    if not isinstance(plain, Mapping):
        raise ResultError("not a backtest result: the file holds no JSON object")
    if plain.get("format") != FORMAT:
        found = plain.get("format", "no format")
        raise ResultError(
            f"a result of format {found!r}, this version reads {FORMAT}: run the backtest again"
        )
    try:
        result = msgspec.convert({**plain, "trades": _rows(plain.get("trades"))}, Result)
    except msgspec.ValidationError as error:
        raise ResultError(f"not a backtest result: {error}") from error
    _refuse_uneven(result)
    return result


def _rows(trades: object) -> list[list[Any]]:
    # the file names a trade's fields, a named tuple is read as a row
    if not isinstance(trades, list):
        raise ResultError("not a backtest result: `trades` is no list")
    for place, trade in enumerate(trades):
        if not isinstance(trade, Mapping) or set(trade) != _TRADE:
            raise ResultError(f"not a backtest result: `$.trades[{place}]` needs the fields {Trade._fields}")
    return [[trade[name] for name in Trade._fields] for trade in trades]


def _refuse_uneven(result: Result) -> None:
    curves = result.equity
    if not len(curves.ts) == len(curves.strategy) == len(curves.benchmark):
        raise ResultError("not a backtest result: the series of `$.equity` differ in length")
    bars = result.returns
    if len(bars.strategy) != len(bars.ts) or len(bars.benchmark) not in (0, len(bars.ts)):
        raise ResultError("not a backtest result: the series of `$.returns` differ in length")


def _refuse_infinite(value: Any, place: str) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ResultError(f"`{place}` is {value}: a result holds only finite figures and null")
    if isinstance(value, dict):
        for name, inner in value.items():
            _refuse_infinite(inner, f"{place}.{name}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            _refuse_infinite(inner, f"{place}[{index}]")
