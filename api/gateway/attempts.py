"""Failed log-ins by address: after five within a minute, none from there is looked at for a while."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

MOST, WITHIN_S = 5, 60.0
MOST_ADDRESSES = 4_096
"""More at once are counted as one, so that a flood cannot fill the memory."""


class Attempts:
    """The failures of the last minute, in memory; ``clock`` gives seconds that never step back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def wait_s(self, address: str) -> float:
        """Return for how long an address must not try, 0.0 where it may now."""
        now = self._clock()
        with self._lock:
            failed = self._failed.get(self._place(address, now), deque())
            recent = [at for at in failed if at > now - WITHIN_S]
        return recent[0] + WITHIN_S - now if len(recent) >= MOST else 0.0

    def fail(self, address: str) -> None:
        """Count a failure."""
        now = self._clock()
        with self._lock:
            place = self._place(address, now)
            self._failed.setdefault(place, deque(maxlen=MOST)).append(now)

    def _place(self, address: str, now: float) -> str:
        if address in self._failed or len(self._failed) < MOST_ADDRESSES:
            return address
        self._failed = {a: f for a, f in self._failed.items() if f[-1] > now - WITHIN_S}
        return address if len(self._failed) < MOST_ADDRESSES else "others"
