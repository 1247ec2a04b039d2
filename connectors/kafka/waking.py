"""A process that was suspended may have been replaced meanwhile; it looks before it emits anything more."""

from __future__ import annotations

import time

from connectors.kafka.journal_log import JournalLog
from models.journal.fold import JournalError
from models.journal.journal import Journal
from models.judge.records import Shard

GAP_S = 1.0


class Waking:
    """Notices gaps between two looks on a clock that runs through suspension."""

    def __init__(self, journal: Journal, log: JournalLog, shard: Shard) -> None:
        self._journal = journal
        self._log = log
        self._shard = shard
        self._seen = _now()

    def check(self) -> None:
        """After a gap, raise ``JournalError`` unless this process still is the journal's last writer.

        To be called with nothing in flight.
        """
        now, before = _now(), self._seen
        if now - before > GAP_S:
            end = self._log.end(self._shard)
            if end != self._journal.next_offset:
                raise JournalError(
                    f"this process was away for {now - before:.1f} s, and the journal of "
                    f"{self._shard.key} ends at {end} instead of {self._journal.next_offset}: "
                    "another one took over"
                )
            now = _now()
        self._seen = now


def _now() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)
