"""Time as the simulated processes see it: it moves only when the simulation moves it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Clock:
    """Stands in for the module ``time`` inside the product's connectors; seconds since the run's start."""

    CLOCK_BOOTTIME = 7

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        """Return the present time."""
        return self.now

    def clock_gettime(self, _clock: int) -> float:
        """Return the present time; the machine is never suspended apart from the process."""
        return self.now

    def passes(self, seconds: float) -> None:
        """Let time go by."""
        self.now += seconds


class Still(Clock):
    """Time that stands still, so that no silence is ever long enough for a beat."""

    def passes(self, seconds: float) -> None:
        """Let no time go by."""


@contextmanager
def replaced(names: dict[tuple[Any, str], Any]) -> Iterator[None]:
    """Let attributes, named by their owner, have other values for a while."""
    before = {(owner, name): getattr(owner, name) for owner, name in names}
    try:
        for (owner, name), value in names.items():
            setattr(owner, name, value)
        yield
    finally:
        for (owner, name), value in before.items():
            setattr(owner, name, value)


def clocks() -> list[tuple[Any, str]]:
    """Return where the broker's connectors hold the module ``time``."""
    modules = [module for name, module in sys.modules.items() if name.startswith("connectors.kafka.")]
    return [(module, "time") for module in modules if getattr(module, "time", None) is time]
