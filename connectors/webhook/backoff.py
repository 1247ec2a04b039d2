"""How long to wait before the next attempt: doubled each time, with jitter, never without end.

The jitter is drawn from the system's entropy, not from a seed: many senders that fail together are not to
come back together, and nothing of the product's output depends on it.
"""

from __future__ import annotations

import random
from collections.abc import Callable

FIRST_S, MOST_S = 1.0, 60.0
ASKED_MOST_S = 600.0
"""The longest that a receiver can ask for."""
_ENTROPY = random.SystemRandom()


class Backoff:
    """The waits of one message's attempts; ``draw`` returns a share of 0 to below 1."""

    def __init__(self, draw: Callable[[], float] = _ENTROPY.random) -> None:
        self._draw = draw
        self._failed = 0

    def next_s(self, asked_s: float | None = None) -> float:
        """Return the seconds to wait after one more failure: half to all of 1, 2, 4 ... 60.

        ``asked_s``: what the receiver asked for, which is waited at the least.
        """
        whole = min(MOST_S, FIRST_S * 2.0**self._failed)
        self._failed = min(self._failed + 1, 16)
        own = whole * (0.5 + self._draw() / 2)
        return own if asked_s is None else max(own, min(asked_s, ASKED_MOST_S))
