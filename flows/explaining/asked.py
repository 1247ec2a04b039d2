"""Which moment is asked for: ISO 8601, a unix time, a span before now, or the latest there is."""

from __future__ import annotations

import re

from typer import BadParameter

from connectors.feed.times import nanoseconds

NS = 10**9
LATEST = "latest"
_AGO = re.compile(r"-(\d+(?:\.\d+)?)(s|m|h|d)")
_UNIT_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def moment(text: str, now_ns: int) -> int | None:
    """Return the time that a text stands for in ns, None for the latest; raise ``BadParameter``."""
    if text == LATEST:
        return None
    if ago := _AGO.fullmatch(text):
        return now_ns - int(float(ago[1]) * _UNIT_S[ago[2]] * NS)
    ts = None if text.startswith("-") else nanoseconds(text)
    if ts is None:
        raise BadParameter(f"'{text}' is no time: ISO 8601 (UTC), a unix time, -5m, or {LATEST}; see --help")
    return ts
