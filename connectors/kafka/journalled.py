"""One ordered input, merged from a log and from what is journalled first: the rules of both, in one place.

While an entry is in flight nothing is emitted. What earlier processes journalled is taken in again where it
was, up to the barrier; then what has come meanwhile, before anything new of the log; then the log goes on.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from bytewax.inputs import StatefulSourcePartition

from connectors.failpoints import reach
from connectors.kafka.control_feed import ControlFeed
from connectors.kafka.errors import BrokerError
from connectors.kafka.journal_log import JournalLog
from connectors.kafka.waking import Waking
from models.journal.entry import COMMAND, GENESIS, NO_CONTROL, Entry
from models.journal.journal import Journal
from models.judge.records import Shard

IN_FLIGHT = timedelta(milliseconds=1)
QUIET = timedelta(milliseconds=5)
ACK_WITHIN_S = 10.0

X = TypeVar("X")


class JournalledPartition(StatefulSourcePartition[tuple[str, tuple[Shard, X]], bytes], Generic[X]):
    """Holds, takes in again and proposes; its heirs read the log and say what else is to be journalled.

    ``control`` None: commands are no entries of their own.
    """

    at_once: int | None = None
    """How many entries are taken in again together, None for all."""
    waits = False
    """Whether it is not asked to read, since another one is at it."""

    def __init__(
        self,
        shard: Shard,
        journal: Journal,
        log: JournalLog,
        control: ControlFeed | None,
        genesis: dict[str, Any] | None,
        stopping: Callable[[], bool],
        alive: Callable[[], None],
    ) -> None:
        self._shard = shard
        self._journal = journal
        self._log = log
        self._control = control
        self._genesis = genesis
        self._stopping = stopping
        self._alive = alive
        self._waking = Waking(journal, log, shard)
        self._proposed_at = 0.0
        self._awake = datetime.now(UTC)

    def next_batch(self) -> list[tuple[str, tuple[Shard, X]]]:
        """Return what may be emitted now, in order; nothing while an entry is in flight."""
        self._alive()
        self.waits = False
        items = self._next()
        wait = timedelta(0) if items or self.waits else IN_FLIGHT if self._journal.holding else QUIET
        self._awake = datetime.now(UTC) + wait
        return [(self._shard.key, (self._shard, item)) for item in items]

    def next_awake(self) -> datetime | None:
        """Return when to be asked again: at once after records, soon while an entry is in flight."""
        return self._awake

    @abstractmethod
    def _taken_in(self, entry: Entry) -> X:
        """Return what an entry brings in, which is emitted now."""

    @abstractmethod
    def _news(self) -> bool:
        """Journal what has come besides commands; return whether anything had."""

    @abstractmethod
    def _read(self, limit: int | None) -> list[X]:
        """Return what comes next in the log, none from ``limit`` on."""

    def _next(self) -> list[X]:
        journal = self._journal
        self._log.poll()
        if journal.holding:
            return self._acknowledged()
        if self._stopping():
            raise StopIteration
        self._waking.check()
        due = journal.reinjected(self.at_once)
        if due:
            return [self._taken_in(entry) for entry in due]
        if journal.live and self._propose():
            return []
        return self._read(journal.limit())

    def _acknowledged(self) -> list[X]:
        entries = self._journal.emitted()
        if not entries and time.monotonic() - self._proposed_at > ACK_WITHIN_S:
            raise BrokerError(
                f"shard {self._shard.key}: the journal did not acknowledge for {ACK_WITHIN_S:.0f} s"
            )
        if entries:
            reach("journal.emitting")
        return [self._taken_in(entry) for entry in entries]

    def _propose(self) -> bool:
        """Journal the genesis, or else news and commands that have come; return whether any had."""
        if self._genesis is not None:
            self._append(GENESIS, self._genesis, self._journal.position.c - 1)
            self._genesis = None
            return True
        news = self._news()
        return self._commands() or news

    def _commands(self) -> bool:
        if self._control is None:
            return False
        self._control.poll()
        commands = self._control.since(self._journal.position.c)
        for offset, ts, command in commands:
            self._append(COMMAND, {"command": command.as_dict(), "ts": ts}, offset)
        return bool(commands)

    def _append(self, kind: str, payload: dict[str, Any], ctl_offset: int = NO_CONTROL) -> None:
        journal = self._journal
        entry = journal.propose(kind, payload, ctl_offset)
        self._log.append(self._shard, entry, lambda offset: journal.acknowledge(entry.seq, offset))
        self._proposed_at = time.monotonic()
        reach("journal.sent")
