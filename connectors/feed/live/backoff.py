"""When to try again: after waits that grow and scatter, and never more often than the exchange allows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

_DOUBLINGS = 20


class Backoff:
    """Exponential back-off with full jitter: uniform between 0 and ``base_s`` times 2ⁿ, or ``cap_s``.

    Full jitter spreads clients that lost the same server at once, and beats fixed waits in total work
    (M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015). ``draw(low, high)`` is a
    uniform random number. A connection that lived ``healthy_s`` sets n back to 0.
    """

    def __init__(
        self,
        draw: Callable[[float, float], float],
        *,
        base_s: float = 0.5,
        cap_s: float = 30.0,
        healthy_s: float = 60.0,
    ) -> None:
        self._draw = draw
        self._base_s = base_s
        self._cap_s = cap_s
        self._healthy_s = healthy_s
        self._failures = 0

    def wait_s(self) -> float:
        """Return the next wait in seconds, and let the one after it be longer."""
        highest = min(self._cap_s, self._base_s * 2.0 ** min(self._failures, _DOUBLINGS))
        self._failures += 1
        return self._draw(0.0, highest)

    def lived(self, seconds: float) -> None:
        """Note that a connection stood for so long."""
        if seconds >= self._healthy_s:
            self._failures = 0


class Attempts:
    """Connection attempts of the whole process: at most ``limit`` within any ``window_s`` seconds."""

    def __init__(self, limit: int, window_s: float, clock: Callable[[], float]) -> None:
        self._window_s = window_s
        self._clock = clock
        self._booked: deque[float] = deque(maxlen=limit)

    def book(self) -> float:
        """Book the next attempt and return how long to wait for it, in seconds."""
        now = self._clock()
        at = now
        if len(self._booked) == self._booked.maxlen:
            at = max(now, self._booked[0] + self._window_s)
        self._booked.append(at)
        return at - now
