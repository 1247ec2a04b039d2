"""What the monitors are given: a closed stretch of a shard's log time, as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.inputs import Cause
from models.ticks import Floats, Ints, Symbol

BUCKET_S = 300
"""Length of a bucket; its start is a multiple of it."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What one model said of k symbols and what became of it, by the second at which the outcome was known.

    Column j stands for the second ``start - horizon + j``: the first ``horizon`` columns are the end of the
    bucket before, for what overlaps; the other ``BUCKET_S`` are the bucket's own.
    """

    version: str
    prob: Floats  # (k, horizon + BUCKET_S), NaN where the model said nothing one horizon earlier
    outcome: npt.NDArray[np.int8]  # same shape: UP, DOWN, TIE, STALE or UNKNOWN


@dataclass(frozen=True, slots=True)
class Bucket:
    """Everything the monitors need of a shard's ``BUCKET_S`` seconds; k symbols that had rows in it."""

    start: int  # first closed second
    cause: Cause  # of the input that closed it
    symbols: tuple[Symbol, ...]
    names: tuple[str, ...]  # display names
    answers: Mapping[str, Answered]  # by model reference
    realised: Floats  # (k, BUCKET_S): log return over the horizon that ended there, NaN where there is none
    rows: Ints  # (k,): feature rows that closed
    parts: Ints  # (k, 3): sums of the RSI, MACD and trend parts, in units of 2**-40
    drift: Mapping[str, Ints]  # by model reference: (k, features, bins) rows that fell into each bin

    @property
    def end(self) -> int:
        """Return the first second behind it."""
        return self.start + BUCKET_S
