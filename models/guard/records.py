"""What the guard publishes: its topics, and what one input gives rise to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from models.control.commands import Command
from models.inputs import Cause
from models.judge.records import Record, Shard
from models.rules.evaluate import Sample

ALERTS, ROLLOUT, AUDIT = "alerts", "rollout", "audit.guard"
TOPICS = (ALERTS, ROLLOUT, AUDIT)
"""The topics that it numbers; each has one partition."""
GUARD = Shard("guard", 0, 0)
"""The guard as the writer of its own topics."""


class Guarded(NamedTuple):
    """What one input gave rise to: records, and commands for the control topic, to be signed."""

    records: Sequence[Record]
    orders: Sequence[Command]
    cause: Cause
    view: dict[str, Any] | None = None  # of the read model
    measured: Sequence[tuple[int, Sequence[Sample]]] = ()  # by second, for the series that are shown
