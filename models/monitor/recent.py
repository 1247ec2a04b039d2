"""The newest seconds of a shard as the monitors need them, gathered in Judge and handed on when they close.

Judge only writes them down here, one place a row and model; statistics are made of whole buckets, behind
Judge, in a stage that wakes when a bucket closes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from models.inputs import Cause
from models.market.block import UNKNOWN, Block, Closed
from models.monitor.bucket import BUCKET_S, Answered, Bucket
from models.monitor.open_bucket import OpenBucket, Rows
from models.ticks import Floats, Ints

X = TypeVar("X", bound=np.generic)

UNIT = 2.0**-40
"""Of everything that is summed: sums of integers are the same in any order."""


NO_ANSWERS: Floats = np.empty((0, 0))
NO_OUTCOMES: npt.NDArray[np.int8] = np.empty((0, 0), dtype=np.int8)


class Binning(Protocol):
    """The frozen bins of a model's features."""

    @property
    def shape(self) -> tuple[int, int]:
        """Return how many features there are, and the most bins that one has."""

    def places(self, x: Floats) -> Ints:
        """Return each value's bin, shape (n, features), of rows (n, columns of the schema); -1 is none."""


class Tail(NamedTuple):
    """The last seconds of the bucket that closed last."""

    number: int
    outcome: npt.NDArray[np.int8]
    said: Mapping[str, Floats]
    asked: Mapping[str, int]  # by model the last second at which it was, in that bucket or one before


NO_TAIL = Tail(-1, NO_OUTCOMES, {}, {})


class Recent:
    """Buckets that still fill, by number (their start over their length), and the end of the last closed."""

    def __init__(
        self,
        horizon_s: int,
        reference_of: Callable[[str], Binning | None],
        version_of: Callable[[str], str],
        saved: Mapping[str, Any] | None = None,
    ) -> None:
        self._horizon = horizon_s
        self._reference_of = reference_of
        self._version_of = version_of
        saved = saved or {}
        self._open = {int(number): OpenBucket(state) for number, state in saved.get("open", {}).items()}
        tail = saved.get("tail")
        self._tail = Tail(*tail) if tail else NO_TAIL
        self._versions: dict[str, str] = dict(saved.get("versions", {}))

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        kept = {str(number): bucket.snapshot() for number, bucket in self._open.items()}
        return {"open": kept, "tail": tuple(self._tail), "versions": dict(self._versions)}

    def write(
        self,
        block: Block,
        parts: Floats,
        met: Mapping[str, Floats],
        asked: Iterable[str],
        bundles: Iterable[str],
    ) -> None:
        """Write rows down: their parts, what was said of them one horizon before, by model, and their bins.

        ``asked`` are the models that the desk calls for, ``bundles`` the trained ones that it has.
        """
        self._versions |= {name: version for name in asked if (version := self._version_of(name))}
        references = {name: found for name in bundles if (found := self._reference_of(name)) is not None}
        places = {name: found.places(block.x) for name, found in references.items()}
        bins = {name: found.shape[1] for name, found in references.items()}
        fixed = np.rint(parts / UNIT).astype(np.int64)
        rows = Rows(block.code, block.second, block.outcome, block.realised, fixed, met, places)
        number = block.second // BUCKET_S
        symbols = int(block.code.max(initial=-1)) + 1
        for each in np.unique(number).tolist():
            bucket = self._open.setdefault(each, OpenBucket())
            bucket.write(rows.where(number == each), symbols, bins, asked)

    def closed(self, closed: Closed) -> list[Bucket]:
        """Return the buckets that an input closed: log time has passed their end, so no row can be added."""
        return [
            self._close(number, Cause(progress.offset, closed.cause.seq), closed)
            for progress in closed.progress
            for number in sorted(self._open)
            if (number + 1) * BUCKET_S <= progress.second
        ]

    def _close(self, number: int, cause: Cause, closed: Closed) -> Bucket:
        bucket = self._open.pop(number)
        codes = np.flatnonzero(bucket.rows)
        asked = self._asked(number, bucket)
        found = Bucket(
            start=number * BUCKET_S,
            cause=cause,
            symbols=tuple(closed.symbols[code] for code in codes),
            names=tuple(closed.names[code] for code in codes),
            answers=self._answers(number, bucket, codes, asked),
            realised=bucket.realised[codes],
            rows=bucket.rows[codes],
            parts=bucket.parts[codes],
            drift={name: counts[codes] for name, counts in sorted(bucket.drift.items())},
        )
        last = slice(max(BUCKET_S - self._horizon, 0), None)
        said = {name: column[:, last].copy() for name, column in bucket.said.items()}
        self._tail = Tail(number, bucket.outcome[:, last].copy(), said, asked)
        kept = {*asked}.union(*(still_open.asked for still_open in self._open.values()))
        self._versions = {name: version for name, version in self._versions.items() if name in kept}
        return found

    def _asked(self, number: int, bucket: OpenBucket) -> dict[str, int]:
        """Return which models were asked of rows whose outcomes this bucket may hold, and when last.

        Not whether there is an answer left decides, for that depends on how the rows came in.
        """
        known = {**self._tail.asked, **bucket.asked}
        begin = number * BUCKET_S - self._horizon
        return {name: last for name, last in known.items() if last >= begin}

    def _answers(
        self, number: int, bucket: OpenBucket, codes: Ints, asked: Iterable[str]
    ) -> dict[str, Answered]:
        """Put the end of the bucket before, where there is one, in front of each model's columns."""
        before, width = self._tail if self._tail.number == number - 1 else NO_TAIL, self._horizon
        outcome = _behind(before.outcome, bucket.outcome, codes, width, UNKNOWN)
        nothing = np.full(bucket.outcome.shape, np.nan)
        found = {}
        for name in sorted(asked):
            tail, own = before.said.get(name, NO_ANSWERS), bucket.said.get(name, nothing)
            prob = _behind(tail, own, codes, width, np.nan)
            found[name] = Answered(self._versions.get(name, ""), prob, outcome)
        return found


def _behind(
    before: npt.NDArray[X], own: npt.NDArray[X], codes: Ints, width: int, blank: float
) -> npt.NDArray[X]:
    """Return ``own`` of some symbols behind ``width`` columns that end with those of ``before``."""
    found = np.full((len(codes), width + own.shape[1]), blank, dtype=own.dtype)
    found[:, width:] = own[codes]
    known = codes < len(before)
    found[known, width - before.shape[1] : width] = before[codes[known]]
    return found
