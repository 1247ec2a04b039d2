"""Whether the loop of a flow turns: for its ``/health``, and as a heartbeat in Redis once a second.

A thread that lives says nothing of the loop; so only the loop itself shows that it turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

BEAT_EVERY_S = 1.0


class Liveness:
    """Called by the loop at every turn; ``beat`` is handed ``keys`` once a second, and must not wait."""

    def __init__(
        self,
        keys: Sequence[str],
        beat: Callable[[Sequence[str]], None],
        unwell_after_s: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = tuple(keys)
        self._beat = beat
        self._unwell_after_s = unwell_after_s
        self._monotonic = monotonic
        self._turned: float | None = None
        self._beaten = float("-inf")

    def __call__(self) -> None:
        """Note a turn of the loop."""
        self._turned = now = self._monotonic()
        if now - self._beaten >= BEAT_EVERY_S:
            self._beaten = now
            self._beat(self._keys)

    @property
    def age_s(self) -> float | None:
        """Return the seconds since the last turn, None before the first."""
        return None if self._turned is None else self._monotonic() - self._turned

    def why(self) -> str | None:
        """Return why the process is not well, None where it is."""
        age = self.age_s
        if age is None:
            return "the loop has not turned yet: it is starting"
        if age > self._unwell_after_s:
            return f"the loop has not turned for {age:.0f} s"
        return None
