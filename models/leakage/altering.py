"""Histories with another future, or with less of a past: the same records at the same times, other ticks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.inputs import TickBatch
from models.ticks import Bools, Decoded, Ticks


def changed_from(batch: TickBatch, ts: int, rng: np.random.Generator) -> TickBatch:
    """Return the batch with other prices, quantities and sides in every tick from ``ts`` (ns) on.

    Times and ids stay, so that which ticks are used, late or repeated does not change.
    """
    t = batch.decoded.ticks
    later = t.ts >= ts
    count = len(t)
    price = np.where(later, t.price * rng.uniform(0.9, 1.1, count), t.price)
    qty = np.where(later, t.qty * rng.uniform(0.1, 1.0, count), t.qty)
    side = np.where(later, rng.choice(np.array([-1, 1], dtype=np.int8), count), t.side)
    return _with(batch, replace(t, price=price, qty=qty, side=side))


def only_from(batch: TickBatch, ts: int) -> TickBatch:
    """Return the batch without its ticks before ``ts`` (ns); its records and their times stay."""
    return _with(batch, _where(batch.decoded.ticks, batch.decoded.ticks.ts >= ts))


def _where(t: Ticks, kept: Bools) -> Ticks:
    return Ticks(
        t.record[kept], t.place[kept], t.symbol[kept], t.ts[kept], t.price[kept], t.qty[kept], t.side[kept],
        t.trade_id[kept], t.symbols,
    )  # fmt: skip


def _with(batch: TickBatch, ticks: Ticks) -> TickBatch:
    return replace(batch, decoded=Decoded(ticks, batch.decoded.skipped, batch.decoded.invalid))
