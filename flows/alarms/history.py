"""A history cut in two: the first part is the training time, the rest is watched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flows.training.gathering import WARM_UP_S
from models.market.block import DOWN, UP
from models.market.schema import TRAINED
from models.monitor.bucket import BUCKET_S
from models.monitor.drift.declared import Declared
from models.monitor.drift.limits import Limits
from models.monitor.drift.reference import DriftReference
from models.ticks import Floats, Ints
from models.training.card.drift_looks import Counts, bucket_counts
from models.training.card.drift_reference import reference
from models.training.rows import Rows

_PIECE = 100_000  # rows put in bins together
_LEAST_S = 7_200


class AlarmsError(ValueError):
    """A history that cannot be watched; the message says what to do."""


@dataclass(frozen=True, slots=True)
class History:
    """The rest of a history in buckets, and the reference that the first part makes."""

    symbols: tuple[str, ...]
    train: Rows
    rest: Rows
    horizon_s: int
    reference: DriftReference
    hours: float  # independent ones that the reference is worth
    first: int  # start of the first bucket of the rest, s
    counts: Counts  # (symbols, buckets, F, B)

    @property
    def seconds(self) -> int:
        """Return how long the rest is watched."""
        return int(self.counts.shape[1]) * BUCKET_S

    def limits(self, declared: Declared) -> Limits:
        """Return the limits that its reference has at a declared rate."""
        return Limits.of(self.reference, declared)


def history_of(rows: Rows, share: float, horizon_s: int, seed: int) -> History:
    """Cut rows at a share of their time; what labels or features of both sides would share is left out.

    Raises ``AlarmsError`` where a part is too short.
    """
    first, last = int(rows.second.min()), int(rows.second.max())
    cut = (first + int((last - first) * share)) // BUCKET_S * BUCKET_S
    train = rows.where(rows.second < cut - horizon_s - WARM_UP_S)
    rest = rows.where(rows.second >= cut)
    if not len(train) or not len(rest) or last - cut < _LEAST_S or cut - first < _LEAST_S:
        raise AlarmsError("the history is too short: both parts must last two hours at least")
    raw = reference(train, TRAINED, horizon_s=horizon_s, seed=seed)
    if raw["looks"] is None:
        raise AlarmsError("no symbol trades for two hours in a row in the first part: take a longer history")
    bins, worth = DriftReference.of(raw), float(raw["looks"]["independent_hours"])
    counts = bucket_counts(rest.code, rest.second, places_of(bins, rest.x), bins.shape[1])
    return History(rest.symbols, train, rest, horizon_s, bins, worth, cut, _from(counts, rest, cut))


def _from(counts: Counts, rest: Rows, cut: int) -> Counts:
    # buckets begin with that of the first row; the rest, with that of the cut
    missing = int(rest.second.min()) // BUCKET_S - cut // BUCKET_S
    return np.pad(counts, ((0, 0), (missing, 0), (0, 0), (0, 0)))


def places_of(bins: DriftReference, x: Floats) -> npt.NDArray[np.int8]:
    """Return the bins (n, F) of many rows."""
    pieces = [bins.places(x[at : at + _PIECE]).astype(np.int8) for at in range(0, len(x), _PIECE)]
    return np.concatenate(pieces)


@dataclass(frozen=True, slots=True)
class Residue:
    """Residuals of a model that says the share of ups in training, one a horizon, all symbols together."""

    second: Ints  # at which the outcome was known, rising
    value: Floats  # mean of p - y


def residue_of(history: History) -> Residue:
    """Return the residuals of the rest: those of a calibrated model, as far as ups stay as frequent."""
    known = history.train.labelled()
    prob = float((known.label == UP).mean()) if len(known) else 0.5
    rows = history.rest
    counted = (rows.second % history.horizon_s == 0) & ((rows.label == UP) | (rows.label == DOWN))
    second, at = np.unique(rows.second[counted], return_inverse=True)
    apart = prob - (rows.label[counted] == UP)
    mean = np.bincount(at, weights=apart) / np.maximum(np.bincount(at), 1) if len(at) else np.empty(0)
    return Residue(second + history.horizon_s, mean)
