"""The figures of a decision worked out anew, from the published signals alone and in a way of its own.

One pass over arrays: labels by looking a minute ahead, the calibration error by sorting into ten bins,
effective outcomes by counting minutes. It shares no code with the monitors and the comparison.
"""

from __future__ import annotations

from contextlib import closing
from typing import NamedTuple

import msgspec
import numpy as np

from connectors.kafka.clients import reader
from connectors.kafka.reading import ends, read_range
from connectors.kafka.topics import output
from connectors.settings import Settings
from models.judge.records import SIGNALS
from models.spec import SECOND
from models.ticks import Bools, Floats, Ints

HORIZON_S, MAX_AGE_S, DAY_S, BLOCK_S, BINS = 60, 5, 86_400, 600, 10


class _Shadow(msgspec.Struct):
    prob: float | None


class _Signal(msgspec.Struct):
    ts: int
    price: float | None
    open: float | None
    fallback: bool
    shadow: _Shadow | None


_decode = msgspec.json.Decoder(_Signal).decode


class Said(NamedTuple):
    """What was published of one symbol, one entry a closed second, in order."""

    second: Ints  # that closed
    price: Floats
    traded: Bools
    prob: Floats  # of the challenger, NaN where it said nothing or a fallback stood in

    @property
    def outcome(self) -> Floats:
        """Return 1 where the price is higher a minute later, 0 where lower, NaN where it cannot be said."""
        last = np.maximum.accumulate(np.where(self.traded, self.second, 0))
        fresh = self.second - last < MAX_AGE_S
        later = np.searchsorted(self.second, self.second + HORIZON_S)
        there = (later < len(self.second)) & fresh
        there[there] &= (self.second[later[there]] == self.second[there] + HORIZON_S) & fresh[later[there]]
        ahead = np.where(there, self.price[np.where(there, later, 0)], np.nan)
        return np.where(ahead > self.price, 1.0, np.where(ahead < self.price, 0.0, np.nan))


def said(settings: Settings) -> Said:
    """Read the signals of a market of one symbol."""
    topic = output(SIGNALS, settings)
    with closing(reader(settings.kafka_bootstrap)) as client:
        low, high = ends(client, topic, 0)
        rows = [_decode(message.value() or b"") for message in read_range(client, topic, 0, low, high)]
    prob = [
        np.nan if row.fallback or row.shadow is None or row.shadow.prob is None else row.shadow.prob
        for row in rows
    ]
    return Said(
        np.array([row.ts for row in rows], dtype=np.int64) // SECOND - 1,
        np.array([np.nan if row.price is None else row.price for row in rows]),
        np.array([row.open is not None for row in rows], dtype=np.bool_),
        np.array(prob),
    )


class Figures(NamedTuple):
    """Of the challenger, up to a second."""

    ece: float  # of the outcomes of the last day
    outcomes: int
    minutes: int  # since the run began, with an outcome that can be counted


def figures(of: Said, began: int, second: int) -> Figures:
    """Return the figures of a run from ``began`` to ``second``."""
    outcome = of.outcome
    ripe = of.second + HORIZON_S
    judged = np.isfinite(outcome) & np.isfinite(of.prob)
    day = judged & (ripe < second) & (ripe >= second - DAY_S)
    whole = -(-began // BLOCK_S) * BLOCK_S, second // BLOCK_S * BLOCK_S
    counted = judged & (ripe >= whole[0]) & (ripe < whole[1])
    return Figures(
        _ece(of.prob[day], outcome[day]), int(day.sum()), len(np.unique(ripe[counted] // HORIZON_S))
    )


def _ece(prob: Floats, outcome: Floats) -> float:
    bins = np.minimum((prob * BINS).astype(int), BINS - 1)
    gaps = [abs(float((prob - outcome)[bins == place].sum())) for place in range(BINS)]
    return sum(gaps) / max(1, len(prob))
