"""When one-second windows close, and which ticks come too late for them.

A symbol's second ``k`` closes at the first record after which either the symbol's own event time has
passed its end plus ``disorder``, or the shard's log time its end plus ``grace``. Both are running maxima,
so closing is a property of the log and not of how it was cut into batches. "Closed to ``k``" means that
all seconds below ``k`` are closed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.ticks import Bools, Ints

NEVER = -(1 << 62)
_STRIDE = np.int64(1 << 34)  # seconds since the epoch stay below it until the year 2514


@dataclass(frozen=True, slots=True)
class Lane:
    """The valid ticks of a batch, grouped by symbol: how far each symbol closed by its own event time."""

    order: Ints  # stable permutation: ticks grouped by symbol code
    key: Ints  # code * stride + own closing after that tick, non-decreasing
    record: Ints  # record index of the tick, in lane order

    def closed_to(self, codes: Ints) -> Ints:
        """Return how far each symbol's own ticks closed it, 0 where it had none."""
        if not len(self.key):
            return np.zeros_like(codes)
        at = np.searchsorted(self.key, (codes + 1) * _STRIDE) - 1
        found = (at >= 0) & (self.key[at] // _STRIDE == codes)
        return np.where(found, self.key[at] - codes * _STRIDE, 0)

    def first_record(self, codes: Ints, closed_to: Ints, missing: int) -> Ints:
        """Return the first record after which each symbol is closed to ``closed_to`` by its own ticks."""
        if not len(self.key):
            return np.full_like(codes, missing)
        at = np.searchsorted(self.key, codes * _STRIDE + closed_to)
        inside = np.minimum(at, len(self.key) - 1)
        found = (at == inside) & (self.key[inside] // _STRIDE == codes)
        return np.where(found, self.record[inside], missing)


def lane_of(code: Ints, own: Ints, record: Ints, closed: Ints) -> Lane:
    """Group ticks by symbol and take the running maximum of their own closing.

    ``own`` is the second to which each tick closes its symbol, ``closed`` (by symbol code) what was closed
    before the batch.
    """
    order = np.argsort(code.astype(np.uint16), kind="stable")
    lifted = code[order] * _STRIDE + np.maximum(own[order], closed[code[order]].clip(min=0))
    return Lane(order, np.maximum.accumulate(lifted), record[order])


def lateness(lane: Lane, code: Ints, second: Ints, by_log: Ints) -> Bools:
    """Return which ticks fall into a second that was closed before them."""
    own = np.empty_like(second)
    own[lane.order] = lane.key - code[lane.order] * _STRIDE
    return second < np.maximum(own, by_log)
