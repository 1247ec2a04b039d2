"""Cheap answers to "whose record is this?": the symbol in a raw payload, and in the name of a file."""

from __future__ import annotations

import re
from pathlib import Path

_LOOK = 4_096  # a payload that names its symbol does so early; an order book of 100 KB need not be searched
_NAMED = re.compile(
    rb'"stream"\s*:\s*"(?P<stream>[^"@]+)@'
    rb'|"(?:c|channel)"\s*:\s*"spot@[^"]*@(?P<spot>[A-Z0-9]+)"'
    rb'|"topic"\s*:\s*"[^"]*\.(?P<topic>[^".]+)"'
    rb'|"(?:s|symbol|product_id)"\s*:\s*"(?P<plain>[^"]+)"'
)
_QUOTES = "USDT|USDC|BUSD|FDUSD|TUSD|USD|EUR|GBP|TRY|BTC|ETH|BNB"
_IN_NAME = re.compile(rf"(?:^|[^A-Z0-9])([A-Z0-9]{{2,}}?(?:{_QUOTES}))(?![A-Z0-9])")


def symbol_of(payload: bytes) -> str | None:
    """Return the symbol a raw exchange message or a canonical tick is about, None where it names none.

    Of a message about several symbols it is the first.
    """
    found = _NAMED.search(payload, 0, _LOOK)
    if not found:
        return None
    name = found[found.lastgroup or 0].decode("utf-8", "replace")
    return name.upper() if found.lastgroup == "stream" else name


def symbol_in_name(path: Path) -> str | None:
    """Return the symbol in a file name such as ``BTCUSDT-trades-2024-08.zip``, None without one."""
    found = _IN_NAME.search(path.name.upper())
    return found[1] if found else None
