"""The export itself: from the positions to the present end of each partition, as often as is asked."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from connectors.kafka.clients import reader
from connectors.kafka.errors import TopicsError
from connectors.kafka.topics import existing
from connectors.recovery.folder import locked
from connectors.settings import Settings
from flows.exporting.folder import ExportFolder
from flows.exporting.kinds import Kind, kinds
from flows.exporting.partition import Client, Stretch, records, rest, stretch

Plain = dict[str, Any]
Told = Callable[[int], None]
Opened = Callable[[int | None], Told]

BATCH = 5_000
"""Records between two commits."""
ASK_AGAIN_S = 0.5
"""How often a broker is asked for more, where the export follows."""


class Export:
    """One folder and the two topics; ``counts`` has what this run did, by kind."""

    def __init__(self, settings: Settings, folder: ExportFolder, client: Client, since_s: float) -> None:
        self._bootstrap = settings.kafka_bootstrap
        self._folder = folder
        self._client = client
        self._since = since_s
        self._partitions = _partitions(settings)
        self.counts = {kind.name: Counter(read=0, lines=0, missing=0) for kind, _ in self._partitions}

    def catch_up(self, told: Opened, stopped: Callable[[], bool]) -> None:
        """Read every partition to its present end, or until stopped; what was read is committed."""
        work = [self._stretch(kind, partition) for kind, partition in self._partitions]
        total = sum(one.end - one.start for one in work)
        count = told(total)
        for one in work:
            self._take(one, count, stopped)
        if total:
            self._folder.commit()

    def follow(self, stopped: Callable[[], bool]) -> None:
        """Go on with what comes, until stopped."""
        pause = threading.Event()
        while not stopped():
            pause.wait(ASK_AGAIN_S)  # a broker can only be asked
            self.catch_up(lambda _: lambda _: None, stopped)

    def files(self) -> list[str]:
        """Return the names of all files of the folder."""
        return self._folder.files()

    def _stretch(self, kind: Kind, partition: int) -> Stretch:
        at = self._folder.positions.partitions.get(f"{kind.topic}/{partition}")
        if at is None:
            return stretch(self._bootstrap, self._client, kind, partition, self._since)
        return rest(self._client, kind, partition, at)

    def _take(self, of: Stretch, count: Told, stopped: Callable[[], bool]) -> None:
        positions = self._folder.positions.partitions
        counts = self.counts[of.kind.name]
        for number, one in enumerate(records(self._client, of, positions.get(of.key)), 1):
            if one.fresh and one.head.shadow:
                self._folder.write(of.kind.name, one.head.ts, one.value)
                counts["lines"] += 1
            counts["read"] += 1
            counts["missing"] += one.missing
            positions[of.key] = one.after
            count(1)
            if number % BATCH == 0:
                self._folder.commit()
            if stopped():
                return


@contextmanager
def opened(
    settings: Settings, out: Path, *, since_s: float, most_bytes: int, keep_days: int
) -> Iterator[Export]:
    """Give the export into a folder, which is locked meanwhile.

    Raises ``ExportError``, ``TopicsError`` without topics or broker, ``RecoveryError`` where another process
    exports into the folder.
    """
    out.mkdir(parents=True, exist_ok=True)
    with (
        locked(out),
        closing(ExportFolder(out, most_bytes=most_bytes, keep_days=keep_days)) as folder,
        closing(reader(settings.kafka_bootstrap)) as client,
    ):
        yield Export(settings, folder, client, since_s)


def _partitions(settings: Settings) -> list[tuple[Kind, int]]:
    have = existing(settings.kafka_bootstrap)
    for kind in kinds(settings):
        if kind.topic not in have:
            raise TopicsError(f"no topic {kind.topic}; create it with: levibot topics create")
    return [(kind, partition) for kind in kinds(settings) for partition in range(have[kind.topic])]
