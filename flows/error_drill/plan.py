"""How much trouble, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The sizes of all drills; the defaults are the owner's where a row names them."""

    symbols: int = 12
    rate: float = 20.0  # mean ticks per symbol and second
    errors: int = 100  # S320
    errors_s: float = 10.0  # S320
    throttle_s: float = 90.0  # beyond 30 s symbols are told of as stale, beyond 60 s the fallback answers
    killed_s: float = 5.0
    settle_s: float = 3.0  # looked at so much longer, so that what is well stays well
    resolved_s: float = 25.0  # the guard, which looks every ten seconds, has so long to tell that it is over
    seed: int = 1
    rules_file: Path | None = None  # None: that of the settings
