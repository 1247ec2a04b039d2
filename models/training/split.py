"""The split by time: train, then validation, then test, with no label reaching into the next part.

A row of closed second s is a decision at s + 1; its label looks at (s + 1, s + 1 + horizon]. A part that
ends at the boundary B keeps the rows with s + 1 + horizon <= B; the next one begins with s + 1 >= B. The
rows between are *purged*. Features may look back over a boundary: at that moment the past was known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from models.ticks import Bools, Ints
from models.training.rows import Rows, RowsError

STRATEGY = (
    "by time over all symbols together, never shuffled: train before validation before test; rows whose "
    "label would reach over a boundary are purged"
)


class Shares(NamedTuple):
    """Shares of the labelled rows."""

    train: float = 0.6
    validation: float = 0.2
    test: float = 0.2


SHARES = Shares()


@dataclass(frozen=True, slots=True)
class Split:
    """Where the parts lie; boundaries are times in seconds since the epoch."""

    train: Bools
    validation: Bools
    test: Bools
    boundaries: tuple[int, int]
    purged: int


def split(rows: Rows, horizon_s: int, shares: Shares = SHARES) -> Split:
    """Return the parts as masks over ``rows``; raise ``RowsError`` where one would be without a label."""
    seconds = rows.second[rows.label >= 0]
    if not len(seconds):
        raise RowsError("no row has a label: nothing moved, or the history is too short; take a longer one")
    first, second = boundaries(seconds, shares)
    train = before(rows.second, horizon_s, first)
    middle = (rows.second + 1 >= first) & before(rows.second, horizon_s, second)
    test = rows.second + 1 >= second
    for name, part in (("train", train), ("validation", middle), ("test", test)):
        if getattr(shares, name) > 0 and not (rows.label[part] >= 0).any():
            raise RowsError(
                f"the {name} part has no labelled row; take a longer history than {_span(seconds)} s"
            )
    return Split(train, middle, test, (first, second), int(np.sum(~(train | middle | test))))


def boundaries(seconds: Ints, shares: Shares) -> tuple[int, int]:
    """Return the two times that cut labelled rows into the shares."""
    ordered = np.sort(seconds)
    at = [round(len(ordered) * share) for share in (shares.train, shares.train + shares.validation)]
    return int(_time(ordered, at[0])), int(_time(ordered, at[1]))


def before(second: Ints, horizon_s: int, boundary: int) -> Bools:
    """Return which rows have their whole label before a boundary."""
    return np.asarray(second + 1 + horizon_s <= boundary)


def halves(rows: Rows, horizon_s: int) -> tuple[Rows, Rows]:
    """Return labelled rows cut in two by time, the first purged of labels that reach into the second."""
    if not len(rows):
        return rows, rows
    boundary = int(np.sort(rows.second)[len(rows) // 2]) + 1
    return rows.where(before(rows.second, horizon_s, boundary)), rows.where(rows.second + 1 >= boundary)


def _time(ordered: Ints, place: int) -> int:
    return int(ordered[place]) + 1 if place < len(ordered) else int(ordered[-1]) + 2


def _span(seconds: Ints) -> int:
    return int(seconds.max() - seconds.min()) + 1
