"""The one ordered input of the guard: its genesis, and looks at what everybody has published since the last.

A look is journalled with the end of each partition it goes to and the time on the clock, so that whoever
reads the same logs again sees the same looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from models.inputs import Cause

SIGNALS, PROGRESS, SLO = "signals", "progress", "slo"
DRIFT, CALIBRATION, STALENESS, FALLBACK = "drift", "calibration", "staleness", "fallback"
JOURNAL, TRADES, ACCOUNT, CONTROL = "journal", "trades", "account", "control"
SHARDED = (SIGNALS, DRIFT, CALIBRATION, STALENESS, FALLBACK, PROGRESS, SLO, JOURNAL)
"""Topics of which the guard reads one partition a shard."""
SINGLE = (TRADES, ACCOUNT, CONTROL)
"""Topics of one partition."""


class Told(NamedTuple):
    """A record of another flow or of an operator."""

    topic: str  # without suffix
    partition: int
    offset: int
    ts: int  # the broker's, ns
    body: dict[str, Any]


class Answered(NamedTuple):
    """What the API answered since the last look; None where it was not asked."""

    healthy: bool | None  # that all is well
    predict_ms: float | None  # how long a prediction took


UNASKED = Answered(None, None)


@dataclass(frozen=True, slots=True)
class Look:
    """What has come since the last look; ``at``: the clock when it was journalled, ns."""

    at: int
    api: Answered
    told: tuple[Told, ...]
    cause: Cause
    read: frozenset[int] = frozenset()  # shards whose progress it has read to the end


@dataclass(frozen=True, slots=True)
class Began:
    """The guard's history begins here, at ``at`` on the clock; what was ordered before is not acted upon."""

    at: int
    ordinals: Mapping[str, int]
    cause: Cause


GuardInput = Began | Look
