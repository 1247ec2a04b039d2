"""What was asked of a backtest, checked."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from flows.ticks import Ticks, TicksError

PRESETS = {"24h": 1.0, "90d": 90.0}
"""Days by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of ``levibot backtest`` that shape its results, and where they go."""

    ticks: Ticks
    out: Path
    symbols: tuple[str, ...] = ()  # plain or with their venue; none: all
    days: float | None = None  # the last of the history; None: all of it
    model: str | None = None  # None: the one that live begins with
    seed: int = 0
    processes: int = 1
    together: bool = False  # all files are one shard
    check: Path | None = None  # baselines to hold the results against
    store: Path | None = None  # where to keep the results as baselines
    command: tuple[str, ...] = ()


def days_of(days: float | None, preset: str | None) -> float | None:
    """Return how many days are asked for; raise ``TicksError`` for an unknown preset, or for both."""
    if preset is None:
        return days
    if days is not None:
        raise TicksError("--days and --preset say the same: give one of them")
    if preset not in PRESETS:
        raise TicksError(f"no preset '{preset}'; there are {', '.join(PRESETS)}")
    return PRESETS[preset]


def cores() -> int:
    """Return how many processes can run at the same time."""
    return len(os.sched_getaffinity(0))
