"""What a reader makes of a capture: records as they came in, with the time at which they did."""

from __future__ import annotations

from typing import NamedTuple


class Recorded(NamedTuple):
    """One record of a capture."""

    ts: int | None
    """When the recorder received it, ns; else the event time; None where there is neither."""
    key: str | None
    """The symbol it is about, None where it names none."""
    value: bytes
    """What the exchange sent, byte for byte, or a canonical tick made of a row."""


Item = Recorded | None
"""None stands for something the recorder wrote about itself: headers, requests, connections."""
