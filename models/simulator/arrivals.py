"""How trades turn into the records of a topic: latency, and the faults of a real feed.

Record times of a symbol's sound ticks never run backwards, so that its ticks stay in event order; late,
duplicated, corrupt and future-dated records are placed around them. Every fault has its own random stream.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.simulator.market import MarketSpec
from models.simulator.text import CORRUPT, Kind, canonical, corrupted, in_the_future
from models.simulator.trades import Trades
from models.ticks import Bools, Ints

SECOND = 1_000_000_000
MILLI = 1_000_000
_LEAST_LATENCY = 200_000
_DUPLICATE_DELAY = 50.0 * MILLI
_LATE = (2.5 * SECOND, 20.0 * SECOND)
_FUTURE = (10.0 * SECOND, 3600.0 * SECOND)
_LIFT = 1 << 44  # ns; more than any page lasts


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Records with their truth; all arrays have length n."""

    event_ts: Ints
    record_ts: Ints
    symbol: Ints
    kind: npt.NDArray[np.int8]  # Kind
    value: npt.NDArray[np.object_]  # bytes

    def __len__(self) -> int:
        return len(self.value)

    def at(self, places: Ints | Bools) -> Arrivals:
        """Return the records at ``places``, an index or a mask."""
        return Arrivals(
            self.event_ts[places],
            self.record_ts[places],
            self.symbol[places],
            self.kind[places],
            self.value[places],
        )

    @staticmethod
    def joined(*parts: Arrivals) -> Arrivals:
        """Return the records of all parts, in their order."""
        return Arrivals(
            np.concatenate([p.event_ts for p in parts]),
            np.concatenate([p.record_ts for p in parts]),
            np.concatenate([p.symbol for p in parts]),
            np.concatenate([p.kind for p in parts]),
            np.concatenate([p.value for p in parts]),
        )

    @staticmethod
    def none() -> Arrivals:
        """Return no records."""
        empty = np.zeros(0, np.int64)
        return Arrivals(empty, empty, empty, empty.astype(np.int8), empty.astype(object))


class ArrivalProcess:
    """Give the trades of one page after another their record times and their faulty companions."""

    def __init__(self, spec: MarketSpec, seed: np.random.SeedSequence, start_ts: int) -> None:
        self._spec = spec
        self._start_ts = start_ts
        rngs = [np.random.Generator(np.random.PCG64(s)) for s in seed.spawn(5)]
        self._latency, self._late, self._duplicate, self._corrupt, self._future = rngs
        self._newest = np.zeros(len(spec.instruments), np.int64)  # record time of the last sound tick

    def step(self, trades: Trades) -> Arrivals:
        """Return the records which these trades cause, in no particular order but with companions behind."""
        faults = self._spec.faults
        ticks = self._sound(trades)
        n = len(ticks)
        late = _some(self._late, n, faults.late)
        delay = self._late.uniform(*_LATE, int(late.sum())).astype(np.int64)
        duplicate = _some(self._duplicate, n, faults.duplicate) & ~late
        corrupt = _some(self._corrupt, n, faults.corrupt)
        future = _some(self._future, n, faults.future)
        companions = (
            self._duplicates(ticks.at(duplicate)),
            self._broken(ticks.at(corrupt)),
            self._ahead(ticks.at(future)),
        )
        ticks.record_ts[late] = ticks.event_ts[late] + delay
        ticks.kind[late] = Kind.LATE
        return Arrivals.joined(ticks, *companions)

    def _sound(self, trades: Trades) -> Arrivals:
        n = len(trades.symbol)
        after = trades.millis * MILLI
        latency = self._latency.exponential(self._spec.latency_ms * MILLI, n).astype(np.int64)
        arrival = np.maximum(after + latency + _LEAST_LATENCY, self._newest[trades.symbol])
        base = int(arrival.min(initial=1 << 62))
        lifted = trades.symbol * _LIFT + (arrival - base)
        arrival = np.maximum.accumulate(lifted) - trades.symbol * _LIFT + base
        np.maximum.at(self._newest, trades.symbol, arrival)
        event_ts = self._start_ts + after
        values = canonical(trades, event_ts, self._spec.instruments, self._spec.strings)
        return Arrivals(
            event_ts, self._start_ts + arrival, trades.symbol, np.zeros(n, np.int8), _objects(values)
        )

    def _duplicates(self, of: Arrivals) -> Arrivals:
        delay = self._duplicate.exponential(_DUPLICATE_DELAY, len(of)).astype(np.int64)
        kind = np.full(len(of), Kind.DUPLICATE, np.int8)
        return Arrivals(of.event_ts, of.record_ts + delay, of.symbol, kind, of.value)

    def _broken(self, of: Arrivals) -> Arrivals:
        kind = self._corrupt.choice(np.array(CORRUPT, np.int8), len(of))
        values = [corrupted(v, Kind(k)) for v, k in zip(of.value.tolist(), kind.tolist(), strict=True)]
        return Arrivals(of.event_ts, of.record_ts, of.symbol, kind, _objects(values))

    def _ahead(self, of: Arrivals) -> Arrivals:
        ahead = of.record_ts + self._future.uniform(*_FUTURE, len(of)).astype(np.int64)
        columns = of.value.tolist(), of.event_ts.tolist(), ahead.tolist()
        values = [in_the_future(v, was, now) for v, was, now in zip(*columns, strict=True)]
        kind = np.full(len(of), Kind.FUTURE, np.int8)
        return Arrivals(ahead, of.record_ts, of.symbol, kind, _objects(values))


def _some(rng: np.random.Generator, n: int, share: float) -> Bools:
    return rng.random(n) < share


def _objects(values: list[bytes]) -> npt.NDArray[np.object_]:
    out = np.empty(len(values), object)
    out[:] = values
    return out
