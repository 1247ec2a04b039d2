"""Ends a process that no longer makes progress, with the stacks of its threads on stderr.

A hung call, a stalled engine or a clock that was stepped back look the same from outside: nothing happens.
The timer is the interpreter's own thread on the monotonic clock and needs no lock that a hung thread holds.
"""

from __future__ import annotations

import faulthandler
import time

_RENEW_S = 1.0


class Watchdog:
    """Calling it shows progress; after ``stuck_after_s`` without, the process exits with code 1."""

    def __init__(self, stuck_after_s: float) -> None:
        self._stuck_after_s = stuck_after_s
        self._renewed = float("-inf")

    def __call__(self) -> None:
        """Show progress."""
        now = time.monotonic()
        if now - self._renewed >= _RENEW_S:
            self._renewed = now
            faulthandler.dump_traceback_later(self._stuck_after_s, exit=True)

    def stop(self) -> None:
        """Watch no longer."""
        faulthandler.cancel_dump_traceback_later()
