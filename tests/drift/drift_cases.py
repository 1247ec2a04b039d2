"""Rows and references for the tests of drift: features that remember, so that windows stray without drift."""

from __future__ import annotations

import json
from functools import lru_cache

import numpy as np
from scipy.signal import lfilter

from models.market.schema import NAMES
from models.monitor.drift.drift import Drift
from models.monitor.drift.findings import Finding
from models.monitor.drift.reference import DriftReference
from models.ticks import Floats, Ints
from models.training.card.drift_reference import reference
from models.training.rows import Rows

BEGIN = 1_700_006_400  # a midnight
HOUR = 3_600
WATCHED = NAMES[:4]
MEMORY = (0.0, 0.9, 0.97, 0.99)
"""How much of a watched feature is left after a second."""


def wandering(seconds: int, symbols: int = 1, seed: int = 0, begin: int = BEGIN) -> Rows:
    """Return rows whose first columns are AR(1) processes of unit variance, the others 0."""
    rng = np.random.default_rng(seed)
    x = np.zeros((seconds, symbols, len(NAMES)))
    for column, memory in enumerate(MEMORY):
        shocks = rng.standard_normal((seconds, symbols)) * np.sqrt(1.0 - memory**2)
        shocks[0] /= np.sqrt(1.0 - memory**2)
        x[:, :, column] = lfilter([1.0], [1.0, -memory], shocks, axis=0)
    return Rows(
        symbols=tuple(f"COIN{i}" for i in range(symbols)),
        code=np.tile(np.arange(symbols), seconds),
        second=begin + np.repeat(np.arange(seconds), symbols),
        x=x.reshape(-1, len(NAMES)),
        label=rng.integers(0, 2, seconds * symbols).astype(np.int8),
        realised=np.zeros(seconds * symbols),
    )


@lru_cache
def raw_reference(hours: int = 40, seed: int = 1) -> dict[str, object]:
    """Return ``reference.json`` of wandering features, as it comes from a file."""
    rows = wandering(hours * HOUR, seed=seed, begin=BEGIN - hours * HOUR)
    found: dict[str, object] = json.loads(
        json.dumps(reference(rows, WATCHED, horizon_s=60, seed=0, draws=50))
    )
    return found


@lru_cache
def trained(hours: int = 40, seed: int = 1) -> DriftReference:
    """Return that reference, read."""
    return DriftReference.of(raw_reference(hours, seed))


def bucket_of(reference: DriftReference, rows: Rows, start: int) -> tuple[list[str], Ints]:
    """Return the symbols that have rows in a bucket, and their counts."""
    mine = (rows.second >= start) & (rows.second < start + 300)
    codes = np.unique(rows.code[mine])
    places = np.searchsorted(codes, rows.code[mine])
    names = [rows.symbols[code] for code in codes]
    return names, reference.count(reference.places(rows.x[mine]), places, len(codes))


def folded(
    drift: Drift, reference: DriftReference, rows: Rows, residuals: Floats | None = None
) -> list[Finding]:
    """Return everything that the buckets of these rows show; residuals (buckets, 5)."""
    first, last = int(rows.second.min()) // 300, int(rows.second.max()) // 300
    found: list[Finding] = []
    for number in range(first, last + 1):
        symbols, counts = bucket_of(reference, rows, number * 300)
        mine = np.empty(0) if residuals is None else residuals[number - first]
        found += drift.fold(number * 300, symbols, counts, mine)
    return found
