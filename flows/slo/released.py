"""When the tick record that closed a second was written and when it was read, by an emission's cause."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np

from models.inputs import Cause, TickBatch
from models.ticks import Ints


class Read(NamedTuple):
    """A batch as it came into the flow, without its contents."""

    first: int  # offset
    end: int  # offset behind its last record
    seq: int
    at: int  # wall clock, ns
    offsets: Ints
    log_ts: Ints  # record timestamps, ns

    def written(self, offsets: Ints) -> Ints:
        """Return by row when the record in front of each next offset was written, ns."""
        return self.log_ts[np.searchsorted(self.offsets, offsets) - 1]


class Releases:
    """The batches of one shard whose emissions are still to be delivered, oldest first."""

    def __init__(self) -> None:
        self._reads: deque[Read] = deque()

    def read(self, batch: TickBatch, at: int) -> None:
        """Remember a batch that was read at a wall clock, ns."""
        offsets = batch.offsets
        first, end = int(offsets[0]), int(offsets[-1]) + 1
        self._reads.append(Read(first, end, batch.seq, at, offsets, batch.log_ts))

    def of(self, cause: Cause) -> Read | None:
        """Return the batch behind an emission, None where no tick caused it; those before are forgotten."""
        reads = self._reads
        while reads and reads[0].end < cause.offset:
            reads.popleft()
        if not reads or reads[0].seq != cause.seq or reads[0].first >= cause.offset:
            return None
        return reads[0]
