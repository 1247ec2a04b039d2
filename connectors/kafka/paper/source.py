"""The one ordered input of the paper account: closed seconds of all shards, commands, shards left out.

Delivery: every second exactly once, in order, from the account's position; everything else only after it is
acknowledged on the account's journal. Unit of parallelism: the account, of which there is one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bytewax.inputs import FixedPartitionedSource

from connectors.failpoints import reach
from connectors.kafka.control_feed import ControlFeed
from connectors.kafka.journal_log import JournalLog
from connectors.kafka.journalled import JournalledPartition
from connectors.kafka.paper.entries import BACK, BEHIND, as_input, plain
from connectors.kafka.paper.lines import Lines
from connectors.recovery.state import pack
from models.journal.entry import Entry
from models.journal.journal import Journal
from models.judge.records import Shard
from models.paper.inputs import AccountInput, ShardBehind

Item = tuple[str, tuple[Shard, AccountInput]]

QUOTES = 2_000
"""Quotes of a batch, about: control is looked at between two batches."""


@dataclass(frozen=True, slots=True)
class AccountInputs:
    """What the account reads and where it stands."""

    account: Shard
    lines: Lines
    control: ControlFeed
    log: JournalLog
    journal: Journal
    genesis: dict[str, Any] | None  # to be journalled first, where the account begins


class AccountPartition(JournalledPartition[AccountInput]):
    """Merges what all shards publish; ``behind_after_s``: how long a shard may hold the others up."""

    def __init__(
        self,
        inputs: AccountInputs,
        behind_after_s: float,
        stopping: Callable[[], bool],
        alive: Callable[[], None],
    ) -> None:
        super().__init__(
            inputs.account, inputs.journal, inputs.log, inputs.control, inputs.genesis, stopping, alive
        )
        self._lines = inputs.lines
        self._merge = inputs.lines.merge
        self._behind_after_s = behind_after_s
        self._stepped_at = time.monotonic()

    def snapshot(self) -> bytes:
        """Return the account's cursors and those of each shard, of what was emitted."""
        reach("snapshot.source")
        return pack({"position": self._journal.position.snapshot(), "lines": plain(self._merge.starts())})

    def close(self) -> None:
        """Leave the broker."""
        self._lines.close()

    def _taken_in(self, entry: Entry) -> AccountInput:
        one = as_input(entry)
        if isinstance(one, ShardBehind):
            self._merge.leave_out(one.shard, one.behind)
        return one

    def _news(self) -> bool:
        """Journal which shards are left out from here, and which are back."""
        second = self._journal.position.t
        back = self._merge.returned(second)
        for shard in back:
            self._append(BACK, {"shard": shard})
        behind = [] if back else self._laggards(second)
        for shard in behind:
            self._append(BEHIND, {"shard": shard})
        return bool(back or behind)

    def _laggards(self, second: int) -> list[str]:
        """Return the shards that nothing came of for too long, while another is as far ahead."""
        limit = self._behind_after_s
        held = time.monotonic() - self._stepped_at > limit and self._merge.furthest >= second + limit
        if not held:
            return []
        return [shard for shard in self._merge.waiting_for(second) if self._lines.silent_s(shard) > limit]

    def _read(self, limit: int | None) -> list[AccountInput]:
        """Return the seconds that are ready, none from ``limit`` on."""
        position = self._journal.position
        self._lines.read(position.t)
        found = self._merge.taken(position, limit, QUOTES)
        if found:
            self._stepped_at = time.monotonic()
        return list(found)


class AccountSource(FixedPartitionedSource[Item, bytes]):
    """The account as a source of one part; ``opener`` connects it at its saved or first position."""

    def __init__(
        self,
        account: Shard,
        opener: Callable[[bytes | None], AccountInputs],
        behind_after_s: float,
        stopping: Callable[[], bool],
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self._account = account
        self._opener = opener
        self._behind_after_s = behind_after_s
        self._stopping = stopping
        self._alive = alive

    def list_parts(self) -> list[str]:
        """Return the key of the account."""
        return [self._account.key]

    def build_part(self, step_id: str, for_part: str, resume_state: bytes | None) -> AccountPartition:
        """Open the account."""
        return AccountPartition(self._opener(resume_state), self._behind_after_s, self._stopping, self._alive)
