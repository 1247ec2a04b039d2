"""When a record is due: at its own time, so many times as fast as it was recorded, or at once."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

_SLICE_S = 0.1  # a stop request is seen within this time
_LEAST_S = 0.001


class Pace:
    """Let records pass at ``speed`` times their own pace, by a monotonic clock; ``math.inf`` lets all pass.

    The first record, or the one at ``origin`` (ns), is due when the first question is asked.
    """

    def __init__(
        self, speed: float, origin: int | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if not speed > 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        self._speed = speed
        self._origin = origin
        self._clock = clock
        self._began: float | None = None
        self._passed: float = math.inf if math.isinf(speed) else -math.inf  # records up to here are due, ns

    def delay(self, ts: int) -> float:
        """Return how long to wait before asking again, in seconds; 0 where a record of ``ts`` is due."""
        if ts <= self._passed:
            return 0.0
        now = self._clock()
        if self._began is None:
            self._began, self._origin = now, ts if self._origin is None else self._origin
        assert self._origin is not None
        self._passed = self._origin + int((now - self._began) * 1e9 * self._speed)
        if ts <= self._passed:
            return 0.0
        return min(_SLICE_S, max(_LEAST_S, (ts - self._passed) / 1e9 / self._speed))
