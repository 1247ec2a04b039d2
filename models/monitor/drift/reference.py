"""A bundle's drift reference: ``reference.json`` read strictly, and rows put in its bins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.market.schema import NAMES
from models.monitor.drift.distance import SMOOTHING, padded_shares
from models.monitor.drift.looks import COMPARING, KEYS, PREVIOUS
from models.monitor.drift.tail import Tail
from models.ticks import Bools, Floats, Ints

FORMAT = 2


class DriftReferenceError(ValueError):
    """A drift reference that cannot be used; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class DriftReference:
    """Bins of F features, at most B each, their shares in training, and how windows stray without drift."""

    names: tuple[str, ...]
    columns: Ints  # (F,) places in ``NAMES``
    edges: Floats  # (F, B - 1) inner edges; +inf behind the last
    real: Bools  # (F, B) which bins there are
    expected: Floats  # (F, B) smoothed shares; 1 in bins that are none
    nulls: Mapping[str, Floats]  # by look: (F, 2 distances, centre and spread of the logarithm); NaN unknown
    tails: Mapping[str, Tail]  # by detector; empty where training was too short for any
    _by_edge: Floats  # (B - 1, F)

    @staticmethod
    def of(raw: object) -> DriftReference:
        """Return that of a parsed ``reference.json``; raise ``DriftReferenceError`` for another thing."""
        try:
            return _read(raw)
        except DriftReferenceError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise DriftReferenceError(f"reference.json: is not as training writes it: {error!r}") from error

    @property
    def shape(self) -> tuple[int, int]:
        """Return (features, bins)."""
        return self.real.shape[0], self.real.shape[1]

    def places(self, x: Floats) -> Ints:
        """Return the bins (n, F) of rows x (n, columns of NAMES); -1 where a value is not finite."""
        values = x[:, self.columns]
        # by edge, then by feature: a sum along the last axis costs ten times as much
        above = (values[:, None, :] >= self._by_edge).view(np.int8).sum(axis=1, dtype=np.int8)
        finite = np.isfinite(values)
        return np.asarray(above if finite.all() else np.where(finite, above, -1), dtype=np.int64)

    def count(self, places: Ints, codes: Ints, k: int) -> Ints:
        """Return how many rows fell into each bin, shape (k, F, B); ``codes`` (n,) are below k."""
        features, bins = self.shape
        cell = (codes[:, None] * features + np.arange(features)) * bins + places
        counted = cell.ravel() if places.size == 0 or places.min() >= 0 else cell[places >= 0]
        return np.bincount(counted, minlength=k * features * bins).reshape(k, features, bins)


def _read(raw: object) -> DriftReference:
    if not isinstance(raw, Mapping):
        raise DriftReferenceError("reference.json: is no object")
    if raw.get("format") != FORMAT:
        raise DriftReferenceError(
            f"reference.json: has format {raw.get('format')!r}, not {FORMAT}: train the model again"
        )
    if raw["smoothing"] != SMOOTHING:
        raise DriftReferenceError(f"reference.json: smoothing is {raw['smoothing']!r}, not {SMOOTHING}")
    bins, features = raw["bins"], raw["features"]
    if type(bins) is not int or not 2 <= bins <= 100 or not features:
        raise DriftReferenceError("reference.json: needs 2 to 100 bins and at least one feature")
    if unknown := [name for name in features if name not in NAMES]:
        raise DriftReferenceError(f"reference.json: unknown features {', '.join(unknown)}")
    edges, counts = (
        np.full((len(features), bins - 1), np.inf),
        np.zeros((len(features), bins), dtype=np.int64),
    )
    real = np.zeros((len(features), bins), dtype=bool)
    for place, (name, feature) in enumerate(features.items()):
        inner = _edges(name, feature, bins)
        edges[place, : len(inner)] = inner
        counts[place, : len(inner) + 1] = feature["counts"]
        real[place, : len(inner) + 1] = True
    columns = np.array([NAMES.index(name) for name in features], dtype=np.int64)
    expected = padded_shares(counts, real)
    nulls = {key: np.array([_null(f["looks"][key]) for f in features.values()]) for key in KEYS}
    return DriftReference(
        tuple(features),
        columns,
        edges,
        real,
        expected,
        nulls,
        _tails(raw["looks"]),
        np.ascontiguousarray(edges.T),
    )


def _edges(name: str, feature: Mapping[str, Any], bins: int) -> npt.NDArray[np.float64]:
    inner = np.array(feature["edges"], dtype=np.float64)
    counts = np.array(feature["counts"])
    if inner.ndim != 1 or len(inner) >= bins or not np.isfinite(inner).all() or (np.diff(inner) <= 0).any():
        raise DriftReferenceError(f"reference.json: {name}: the edges must be fewer than the bins, and rise")
    if counts.shape != (len(inner) + 1,) or counts.dtype.kind != "i" or (counts < 0).any():
        raise DriftReferenceError(f"reference.json: {name}: needs one count of rows a bin")
    return inner


def _null(found: Mapping[str, Any] | None) -> list[list[float]]:
    """Return centre and spread of ln PSI and ln KS, NaN where training could not tell."""
    if found is None:
        return [[np.nan, np.nan]] * 2
    pairs = [[float(found[d]["centre"]), float(found[d]["spread"])] for d in ("psi", "ks")]
    if not np.isfinite(pairs).all() or min(pairs[0][1], pairs[1][1]) <= 0.0:
        raise DriftReferenceError("reference.json: a centre or spread of looks is no such number")
    return pairs


def _tails(found: Mapping[str, Any] | None) -> dict[str, Tail]:
    if found is None:
        return {}
    tails = {
        d: Tail(*(float(found["tails"][d][name]) for name in Tail._fields))
        for d in COMPARING
        if found["tails"][d] is not None
    }
    if any(not (np.isfinite(t).all() and t.excess > 0.0 and t.weight > 0.0) for t in tails.values()):
        raise DriftReferenceError(f"reference.json: a tail ({', '.join(tails)}, {PREVIOUS}) is no such thing")
    return tails
