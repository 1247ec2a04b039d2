"""The outcome of ``levibot verify alarms`` and its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.alarms.finding import Delays
from flows.alarms.rate import Rate

LEAST_FOUND = 0.95
LEAST_SHIFTS = 20
"""Shifts that the batch test must find before a share of them says anything."""


@dataclass(frozen=True, slots=True)
class Power:
    """Shifts of one kind and what became of them."""

    kind: str
    drawn: int
    skipped: int  # an alarm was on already
    batch: int  # found by the batch test
    found: int  # of these, found by the monitor within twice the delay
    monitor_s: float | None  # median delays
    batch_s: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {name: getattr(self, name) for name in Power.__slots__}


def power_of(kind: str, delays: Sequence[Delays]) -> Power:
    """Return what became of the shifts of a kind."""
    judged = [one for one in delays if not one.skipped]
    pairs = [(one.monitor, one.batch) for one in judged if one.batch is not None]
    found = [(m, b) for m, b in pairs if m is not None and m <= 2 * b]
    return Power(
        kind=kind,
        drawn=len(delays),
        skipped=len(delays) - len(judged),
        batch=len(pairs),
        found=len(found),
        monitor_s=float(np.median([m for m, _ in found])) if found else None,
        batch_s=float(np.median([b for _, b in found])) if found else None,
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything that was found."""

    rate: Rate
    powers: tuple[Power, ...]
    unjudged: tuple[str, ...]  # features of which no window has a limit that it can reach
    unable: tuple[str, ...]  # features that no factor shifts by so much
    independent_hours: float

    @property
    def share(self) -> float | None:
        """Return the share of the shifts that were found in time; None with too few."""
        batch = sum(power.batch for power in self.powers)
        return sum(power.found for power in self.powers) / batch if batch >= LEAST_SHIFTS else None

    @property
    def exit_code(self) -> int:
        """Return 0 where all holds, 1 where something is broken, 2 where power could not be judged."""
        if not self.rate.holds:
            return 1
        if not self.powers:
            return 0
        return 2 if self.share is None else 0 if self.share >= LEAST_FOUND else 1
