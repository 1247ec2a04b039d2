"""A history through the drift monitor, bucket by bucket, as the flow hands it on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from flows.alarms.history import Residue
from models.monitor.bucket import BUCKET_S
from models.monitor.drift.drift import Drift
from models.monitor.drift.findings import Event
from models.ticks import Ints
from models.training.card.drift_looks import Counts

NO_RESIDUALS = Residue(np.empty(0, dtype=np.int64), np.empty(0))


def watched(
    drift: Drift, first: int, symbols: Sequence[str], counts: Counts | Ints, residue: Residue = NO_RESIDUALS
) -> Iterator[Event]:
    """Yield the events of buckets (symbols, buckets, F, B) that begin at second ``first``."""
    rows = counts[:, :, 0].sum(axis=2)
    edges = first + BUCKET_S * np.arange(counts.shape[1] + 1)
    cuts = np.searchsorted(residue.second, edges)
    for number in range(counts.shape[1]):
        there = np.flatnonzero(rows[:, number])
        residuals = residue.value[cuts[number] : cuts[number + 1]]
        names = [symbols[place] for place in there.tolist()]
        found = drift.fold(int(edges[number]), names, counts[there, number].astype(np.int64), residuals)
        yield from (one for one in found if isinstance(one, Event))


def is_alarm(event: Event) -> bool:
    """Return whether an event begins an episode."""
    return event.kind == "crossed" and event.before == "ok"
