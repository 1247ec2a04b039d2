"""How many records a shard takes at a time: so many that a round of all shards takes about 30 ms.

Control is looked at once a round. The size shapes speed and how often control is looked at, never the output.
"""

from __future__ import annotations

import time

ROUND_S = 0.030
"""Much shorter, and the fixed cost of a batch outweighs its ticks; much longer, and a kill waits."""
SMALLEST, LARGEST = 64, 5_000


class Pace:
    """Learns the cost of a record from the time between two batches."""

    def __init__(self) -> None:
        self._size = 1_000
        self._taken = 0
        self._at = 0.0

    def took(self, count: int) -> None:
        """Note a batch that is handed on now."""
        self._taken, self._at = count, time.monotonic()

    def next_size(self) -> int:
        """Return how many records to ask for."""
        if self._taken >= self._size // 2:
            fitting = self._taken * ROUND_S / max(time.monotonic() - self._at, 1e-6)
            self._size = int(min(max((self._size + fitting) / 2, SMALLEST), LARGEST))
        return self._size
