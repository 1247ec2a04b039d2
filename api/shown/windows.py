"""How far back a series is asked for: ``5m``, ``1h``, ``7d``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

UNITS = {"m": 60, "h": 3_600, "d": 86_400}
LONGEST_S = 7 * 86_400

Window = Annotated[
    str, Query(pattern=r"^[1-9][0-9]{0,4}[mhd]$", description="How far back: 1m, 90m, 6h, at most 7d.")
]


def seconds_of(window: str) -> int:
    """Return the length of a window in seconds; seven days where it is longer, which is all that is kept."""
    return min(int(window[:-1]) * UNITS[window[-1]], LONGEST_S)
