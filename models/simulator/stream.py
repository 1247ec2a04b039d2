"""The simulated stream: endless records in record-time order, the same bytes for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from models.simulator.arrivals import MILLI, SECOND, ArrivalProcess, Arrivals
from models.simulator.market import MarketSpec
from models.simulator.text import Kind
from models.simulator.trades import STEPS_PER_SECOND, TradeProcess

_PAGE_TICKS = 2_000  # enough for numpy to pay off, few enough to be made while one waits
_PAGE_STEPS = 60 * STEPS_PER_SECOND


class Record(NamedTuple):
    """One record of the tick topic."""

    event_ts: int  # ns
    record_ts: int  # ns, non-decreasing over the stream
    key: bytes  # the symbol
    value: bytes
    kind: Kind


def pages(spec: MarketSpec, seed: int, start_ts: int) -> Iterator[Arrivals]:
    """Yield the endless stream in stretches of equal duration, each sorted by record time.

    ``start_ts`` (ns) is rounded down to a millisecond; event times are whole milliseconds from there on.
    How long a stretch is follows from ``spec``, and the draws do not depend on ``start_ts``.
    """
    market_seed, arrival_seed = np.random.SeedSequence(seed).spawn(2)
    start_ts = start_ts // MILLI * MILLI
    trades = TradeProcess(spec, np.random.Generator(np.random.PCG64(market_seed)))
    arrivals = ArrivalProcess(spec, arrival_seed, start_ts)
    steps = page_steps(spec)
    pending, end = Arrivals.none(), start_ts
    while True:
        end += steps * SECOND // STEPS_PER_SECOND
        pending = Arrivals.joined(pending, arrivals.step(trades.step(steps)))
        pending = pending.at(np.argsort(pending.record_ts, kind="stable"))
        done = int(np.searchsorted(pending.record_ts, end))
        yield pending.at(np.arange(done))
        pending = pending.at(np.arange(done, len(pending)))


def page_steps(spec: MarketSpec) -> int:
    """Return how many steps of 1/10 s make a page of about 2,000 ticks, at most a minute."""
    per_step = len(spec.instruments) * spec.ticks_per_second / STEPS_PER_SECOND
    return max(1, min(_PAGE_STEPS, round(_PAGE_TICKS / per_step)))


def simulate(spec: MarketSpec, seed: int, start_ts: int) -> Iterator[Record]:
    """Yield the endless stream record by record; see ``pages``."""
    keys = [i.symbol.encode() for i in spec.instruments]
    for page in pages(spec, seed, start_ts):
        columns = (page.event_ts, page.record_ts, page.symbol, page.kind, page.value)
        for event_ts, record_ts, symbol, kind, value in zip(*(c.tolist() for c in columns), strict=True):
            yield Record(event_ts, record_ts, keys[symbol], value, _KINDS[kind])


_KINDS = tuple(Kind)
