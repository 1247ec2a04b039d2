"""A partition of a tick topic as the batches that a shard of the flow would decode."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from connectors.codecs.decode import Decoder
from connectors.kafka.fetching import Fetched
from connectors.kafka.pace import Pace
from models.inputs import TickBatch

Ends = dict[int, int]
"""The end of each partition."""
Took = tuple[float, float]
"""Seconds, and processor seconds."""
_MILLI = 1_000_000


def batches(fetched: Fetched, end: int, decoder: Decoder) -> Iterator[TickBatch]:
    """Yield a partition up to its end, in the sizes that the flow would choose."""
    pace, seen = Pace(), 0
    while seen < end:
        offsets, ms, values = fetched.take(pace.next_size(), None)
        pace.took(len(values))
        if values:
            seen = offsets[-1] + 1
            times = np.array(ms) * _MILLI
            yield TickBatch(np.array(offsets), times, values, decoder.decode(values), seq=1)
