"""When a process tells of its sources: after ten seconds of log time or of the clock, whichever is first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol

from flows.slo.process import process
from models.slo.body import EVERY_S, Body
from models.slo.tally import Tally
from models.ticks import Ints

LOOK_EVERY_S = 1.0


def each(*calls: Callable[[], object]) -> Callable[[], None]:
    """Return one call that makes several."""

    def call() -> None:
        for one in calls:
            one()

    return call


class Log(Protocol):
    """Where records go, ``connectors.kafka.slo.SloLog``."""

    lost: int

    def send(self, partition: int, body: Body) -> None:
        """Queue a record, or drop and count it."""

    def close(self) -> None:
        """Leave."""


class Reporter(AbstractContextManager["Reporter"]):
    """The sources of one process and the way of their records.

    ``crashed``: the process before did not stop cleanly; it is told with the first record.
    """

    def __init__(
        self,
        log: Log,
        tallies: list[Tally],
        *,
        crashed: bool = False,
        clock: Callable[[], int] = time.time_ns,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = log
        self._clock = clock
        self._monotonic = monotonic
        self._tallies = {tally.source: tally for tally in tallies}
        self._sent_at = dict.fromkeys(self._tallies, monotonic())
        self._look_at = 0.0
        self._process, self._process_at = process(), monotonic()
        self._lost = 0
        tallies[0].count("starts")
        tallies[0].count("crashes", int(crashed))

    def tally(self, source: str) -> Tally:
        """Return what is filled for a source."""
        return self._tallies[source]

    def passed(self, source: str, ts: int, since: int | None = None) -> None:
        """Take a source's log time in, ns, as ``Tally.passed``, and send its record where one is due."""
        tally = self._tallies[source]
        if tally.passed(ts, since):
            self._send(tally)

    def since_start(self) -> Iterator[tuple[str, str, Ints]]:
        """Yield source, measuring point and counts by bucket, as of the last records; from any thread."""
        for source, tally in self._tallies.items():
            for point, counts in tally.since_start().items():
                yield source, point, counts

    @property
    def lost(self) -> int:
        """Return how many records were not delivered."""
        return self._log.lost

    def looks(self) -> bool:
        """Send what is due by the clock; return whether it looked, once a second: else it costs nothing."""
        now = self._monotonic()
        if now < self._look_at:
            return False
        self._look_at = now + LOOK_EVERY_S
        for source, tally in self._tallies.items():
            if now - self._sent_at[source] >= EVERY_S:
                self._send(tally)
        return True

    def _send(self, tally: Tally) -> None:
        lost, self._lost = self._log.lost - self._lost, self._log.lost
        tally.count("lost", lost)
        self._sent_at[tally.source] = now = self._monotonic()
        if now - self._process_at >= LOOK_EVERY_S:  # asking the system costs more than all the rest
            self._process, self._process_at = process(), now
        self._log.send(tally.partition, tally.take(self._clock(), self._process))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for tally in self._tallies.values():
            self._send(tally)
        self._log.close()
