"""What a measured process notes and prints, and the sink in which a dataflow keeps its bars."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import orjson
from bytewax.outputs import DynamicSink, StatelessSinkPartition

FETCHING = {"fetch.wait.max.ms": "20", "fetch.queue.backoff.ms": "10"}
"""What our client is set to, and by default is not: else others would wait half a second for the end of a
partition, and a second whenever they had let their queue fill up."""


class Moment(NamedTuple):
    """A point in time of this process, in seconds of the clock and of its processor time, all threads."""

    clock: float
    cpu: float

    @staticmethod
    def now() -> Moment:
        """Return this moment."""
        return Moment(time.perf_counter(), time.process_time())


class Began:
    """The moment at which the first records were in hand."""

    def __init__(self) -> None:
        self.at: Moment | None = None

    def note(self, batch: list[Any]) -> list[Any]:
        """Return a batch as it is; its first call is the moment."""
        self.at = self.at or Moment.now()
        return batch


def tell(records: int, since: Began, ended: Moment, version: str) -> None:
    """Print what was measured as one JSON object."""
    began = since.at or ended
    told = {"seconds": ended.clock - began.clock, "cpu": ended.cpu - began.cpu}
    print(orjson.dumps({"records": records, **told, "version": version}).decode())


class Collected(DynamicSink[Any]):
    """Keeps what comes in memory, and the moment at which the last of it came. Nothing is delivered further.

    For one worker; a restart begins anew.
    """

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.last = Moment.now()

    def build(self, _step_id: str, _worker_index: int, _worker_count: int) -> _Keeping:
        """Return the one partition."""
        return _Keeping(self)


class _Keeping(StatelessSinkPartition[Any]):
    def __init__(self, into: Collected) -> None:
        self._into = into

    def write_batch(self, items: list[Any]) -> None:
        self._into.items += items
        self._into.last = Moment.now()
