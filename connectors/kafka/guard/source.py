"""The one ordered input of the guard: looks at everybody's topics, journalled with the places they go to.

Delivery: every record of every topic exactly once, in the looks that are acknowledged on the guard's journal.
Unit of parallelism: the guard, of which there is one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bytewax.inputs import FixedPartitionedSource

from connectors.failpoints import reach
from connectors.kafka.guard.entries import LOOK, as_input, look
from connectors.kafka.guard.logs import Logs
from connectors.kafka.journal_log import JournalLog
from connectors.kafka.journalled import JournalledPartition
from connectors.recovery.state import pack
from models.guard.inputs import Answered, GuardInput
from models.guard.records import GUARD
from models.journal.entry import Entry
from models.journal.journal import Journal
from models.judge.records import Shard

Item = tuple[str, tuple[Shard, GuardInput]]

LOOK_EVERY_S = 0.25
LOOK_AT = 5_000
"""Records that make a look without waiting any longer."""
IDLE_S = 5.0
"""Where nothing comes at all, a look is taken after so long, so that silence is noticed."""
AT_ONCE = 50
"""Looks of earlier processes that are taken in again together."""


@dataclass(frozen=True, slots=True)
class GuardInputs:
    """What the guard reads and where it stands."""

    logs: Logs
    log: JournalLog
    journal: Journal
    genesis: dict[str, Any] | None  # to be journalled first, where the guard begins
    fingerprint: str  # of the rules and profiles that its looks are taken in under


class GuardPartition(JournalledPartition[GuardInput]):
    """Journals how far it has read, then hands that on."""

    at_once = AT_ONCE

    def __init__(
        self,
        inputs: GuardInputs,
        answered: Callable[[], Answered],
        stopping: Callable[[], bool],
        alive: Callable[[], None],
    ) -> None:
        super().__init__(GUARD, inputs.journal, inputs.log, None, inputs.genesis, stopping, alive)
        self._logs = inputs.logs
        self._fingerprint = inputs.fingerprint
        self._answered = answered
        self._looked_at = time.monotonic()

    def snapshot(self) -> bytes:
        """Return the guard's cursors and its place in every partition, of what was emitted."""
        reach("snapshot.source")
        position, places = self._journal.position.snapshot(), dict(self._logs.given)
        return pack({"position": position, "logs": places, "fingerprint": self._fingerprint})

    def close(self) -> None:
        """Leave the broker."""
        self._logs.close()

    def _taken_in(self, entry: Entry) -> GuardInput:
        return as_input(entry, self._logs.take)

    def _news(self) -> bool:
        """Journal a look where it is time for one."""
        self._logs.poll()
        waiting, since = self._logs.waiting, time.monotonic() - self._looked_at
        if not (waiting >= LOOK_AT or (waiting and since > LOOK_EVERY_S) or since > IDLE_S):
            return False
        self._looked_at = time.monotonic()
        self._append(LOOK, look(time.time_ns(), self._logs.ends(), self._answered(), self._logs.read()))
        return True

    def _read(self, limit: int | None) -> list[GuardInput]:
        """Return nothing: all of its input is journalled."""
        return []


class GuardSource(FixedPartitionedSource[Item, bytes]):
    """The guard as a source of one part; ``opener`` connects it at its saved or first position.

    ``answered`` says, without waiting, what the API answered since it was asked last.
    """

    def __init__(
        self,
        opener: Callable[[bytes | None], GuardInputs],
        answered: Callable[[], Answered],
        stopping: Callable[[], bool],
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self._opener = opener
        self._answered = answered
        self._stopping = stopping
        self._alive = alive

    def list_parts(self) -> list[str]:
        """Return the key of the guard."""
        return [GUARD.key]

    def build_part(self, step_id: str, for_part: str, resume_state: bytes | None) -> GuardPartition:
        """Open the guard."""
        return GuardPartition(self._opener(resume_state), self._answered, self._stopping, self._alive)
