"""The parameters that several paths share, with their bounds."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

_PATTERN = r"^[A-Za-z0-9._/:-]{1,65}$"
_WHAT = "A symbol such as BTCUSDT, or with its venue in front: binance:BTCUSDT."

SymbolQuery = Annotated[str, Query(pattern=_PATTERN, description=_WHAT)]
SymbolPath = Annotated[str, Path(pattern=_PATTERN, description=_WHAT)]


def normal(symbol: str) -> str:
    """Return a symbol as it is known: its name in capitals, its venue in small letters."""
    venue, colon, name = symbol.rpartition(":")
    return f"{venue.lower()}{colon}{name.upper()}"
