"""Cutting a batch of tick records in two, without changing what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.inputs import Beat, TickBatch
from models.ticks import Decoded, Ticks


def cut(batch: TickBatch, start: int, stop: int) -> TickBatch:
    """Return the records ``start`` to ``stop`` (exclusive) of a batch as a batch of their own."""
    d = batch.decoded
    inside = slice(*np.searchsorted(d.ticks.record, (start, stop)).tolist())
    skipped = d.skipped[slice(*np.searchsorted(d.skipped, (start, stop)).tolist())] - start
    invalid = tuple(i._replace(record=i.record - start) for i in d.invalid if start <= i.record < stop)
    return replace(
        batch,
        offsets=batch.offsets[start:stop],
        log_ts=batch.log_ts[start:stop],
        values=batch.values[start:stop],
        decoded=Decoded(_cut(d.ticks, inside, start), skipped, invalid),
    )


def head(batch: TickBatch) -> TickBatch:
    """Return the first record as log time alone, without what it carries."""
    one = cut(batch, 0, 1)
    return replace(one, decoded=Decoded(_cut(one.decoded.ticks, slice(0, 0), 0), one.decoded.skipped[:0], ()))


def empty_batch(beat: Beat) -> TickBatch:
    """Return a beat as one record of log time that carries nothing."""
    nothing = np.empty(0, dtype=np.int64)
    ticks = Ticks(
        nothing, nothing, nothing, nothing, np.empty(0), np.empty(0), nothing.astype(np.int8), nothing, ()
    )
    return TickBatch(
        offsets=np.array([beat.cause.offset - 1]),
        log_ts=np.array([beat.ts]),
        values=(None,),
        decoded=Decoded(ticks, nothing, ()),
        seq=beat.cause.seq,
    )


def _cut(t: Ticks, inside: slice, start: int) -> Ticks:
    return Ticks(
        t.record[inside] - start, t.place[inside], t.symbol[inside], t.ts[inside], t.price[inside],
        t.qty[inside], t.side[inside], t.trade_id[inside], t.symbols,
    )  # fmt: skip
