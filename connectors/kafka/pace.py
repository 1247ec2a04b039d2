"""How many records a shard takes at a time: so many that working them off takes about 30 ms.

Control is looked at once a round. The size shapes speed and how often control is looked at, never the output.
"""

from __future__ import annotations

import time

ROUND_S = 0.030
"""Much shorter, and the fixed cost of a batch outweighs its ticks; much longer, and a kill waits."""
SMALLEST, LARGEST = 64, 10_000


class Pace:
    """Learns the cost of a record from the time between a batch and being asked again."""

    def __init__(self) -> None:
        self._size = 1_000
        self._taken = 0
        self._at = 0.0
        self._took_s: float | None = None

    def took(self, count: int) -> None:
        """Note a batch that is handed on now."""
        self._taken, self._at, self._took_s = count, time.monotonic(), None

    def asked(self) -> None:
        """Note that input is asked for: what was taken before is worked off."""
        if self._took_s is None:
            self._took_s = time.monotonic() - self._at

    def next_size(self) -> int:
        """Return how many records to ask for."""
        self.asked()
        if self._taken >= self._size // 2 and self._took_s is not None:
            fitting = self._taken * ROUND_S / max(self._took_s, 1e-6)
            self._size = int(min(max((self._size + fitting) / 2, SMALLEST), LARGEST))
        return self._size
