"""Keeps processes running: started, watched, started again when they end, stopped in order."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from connectors.embedded.child import Child
from connectors.embedded.errors import EmbeddedError
from connectors.embedded.tether import tethered

MOST_RESTARTS, WITHIN_S = 5, 30.0


class Supervised:
    """One process that is to run until it is stopped; its output goes to ``<name>.log``."""

    def __init__(self, name: str, command: list[str], env: Mapping[str, str], logs: Path) -> None:
        self.name = name
        self._command = tethered(command)
        self._env = dict(env)
        self._log = logs / f"{name}.log"
        self._starts: deque[float] = deque(maxlen=MOST_RESTARTS + 1)
        self._child = self._start()

    @property
    def pid(self) -> int:
        """Return the process id of the present run."""
        return self._child.pid

    @property
    def restarts(self) -> int:
        """Return how many times it was started again within the watched span."""
        return len(self._starts) - 1

    def watch(self) -> bool:
        """Start the process again if it ended and return whether it had.

        Raise ``EmbeddedError`` with the end of its log when it keeps ending.
        """
        if self._child.running:
            return False
        now = time.monotonic()
        if len(self._starts) > MOST_RESTARTS and now - self._starts[0] < WITHIN_S:
            raise self._child.failure(f"ended {MOST_RESTARTS + 1} times in {WITHIN_S:.0f} s")
        self._child.stop()
        self._child = self._start()
        return True

    def stop(self) -> int:
        """End the process and return its exit code, 0 for a clean end."""
        return self._child.stop()

    def _start(self) -> Child:
        self._starts.append(time.monotonic())
        return Child(self.name, self._command, log=self._log, env=self._env)


def stop_all(processes: list[Supervised]) -> list[str]:
    """Stop processes in the given order and return the names of those that did not end cleanly."""
    unclean = []
    for process in processes:
        try:
            code = process.stop()
        except EmbeddedError:
            code = -1
        if code != 0:
            unclean.append(process.name)
    return unclean
