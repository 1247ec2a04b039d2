"""What ``levibot doctor`` says of one thing."""

from __future__ import annotations

from typing import NamedTuple

OK, WARN, BAD, UNKNOWN = "ok", "warn", "bad", "unknown"


class Finding(NamedTuple):
    """One thing looked at: its state, what was seen, what to do."""

    what: str
    state: str
    seen: str
    do: str = ""
