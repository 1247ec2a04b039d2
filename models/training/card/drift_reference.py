"""The drift reference of a bundle: how each feature was spread in training, how far it strays by chance.

Per feature ten bins of equal count are frozen from the training rows of all symbols (fewer where values
repeat), with their shares. How far a later window's shares lie from them is measured by PSI and KS
(:mod:`~models.monitor.drift.distance`).

Market features are autocorrelated, so a window without any drift has a PSI far above that of independent
rows (Yurdakul, Naranjo: Statistical properties of the population stability index, J. Risk Model Validation
14, 2020, give those), and a fixed limit fires at random. The null distribution here is that of windows drawn
from the training time itself: one symbol, k blocks of b seconds at random starts, k b = the window's length
(moving blocks: Künsch, Ann. Statist. 17, 1989). b is the whole window where the training time holds 20 of
them, else a twentieth of that time, but not below the horizon: short histories give too narrow a null, and
``block_s`` says so.

Those quantiles tell how far one feature strays in one window. How rare an alarm is of all features, windows
and looks together is another question; ``looks`` answers it (:mod:`~models.training.card.drift_looks`).

``reference.json``, format 2: ``features`` by name, each with ``edges`` (inner ones; a value at an edge
belongs above), ``counts`` and ``shares`` of training, ``null`` by window length in seconds (``draws``,
``block_s``, the median ``rows`` of a window, quantiles of ``psi`` and ``ks`` by level; JSON's null where no
window has rows) and ``looks`` by kind of window (``centre`` and ``spread`` of the logarithms of ``psi`` and
``ks``); beside them ``looks`` of all features together: ``hours`` seen, ``independent_hours`` they are worth,
and ``tails`` by detector; JSON's null where training has less than two hours in a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from models.market.schema import NAMES
from models.monitor.drift.distance import SMOOTHING, ks, psi, smoothed
from models.monitor.drift.looks import WINDOWS_S
from models.monitor.drift.reference import FORMAT
from models.ticks import Floats, Ints
from models.training.card.drift_looks import bucket_counts, looks_null
from models.training.rows import Rows

BINS = 10
QUANTILES = (0.5, 0.9, 0.95, 0.99)
DRAWS = 1_000
_INDEPENDENT = 20
_LEAST_SHARE = 0.5  # of a window's seconds that must have rows


class Windows(NamedTuple):
    """Random windows of one length: rows from ``start`` to ``stop``, a line a window, a column a block."""

    start: Ints
    stop: Ints
    block_s: int


def reference(
    rows: Rows,
    names: Sequence[str],
    *,
    horizon_s: int,
    seed: int,
    windows_s: Sequence[int] = WINDOWS_S,
    draws: int = DRAWS,
) -> dict[str, Any]:
    """Return ``reference.json`` of the training rows, labelled or not: a monitor sees them all."""
    rows = rows.where(np.lexsort((rows.second, rows.code)))
    rng = np.random.default_rng(seed)
    drawn = {length: draw_windows(rows, length, horizon_s, draws, rng) for length in windows_s}
    features: dict[str, Any] = {}
    places = np.empty((len(rows), len(names)), dtype=np.int8)
    for column, name in enumerate(names):
        values = rows.x[:, NAMES.index(name)]
        edges = edges_of(values)
        places[:, column] = np.searchsorted(edges, values, side="right")
        features[name] = _feature(edges, places[:, column], drawn)
    real = np.arange(BINS) < np.array([[len(feature["counts"])] for feature in features.values()])
    of_each, of_all = looks_null(bucket_counts(rows.code, rows.second, places, BINS), real)
    for feature, found in zip(features.values(), of_each, strict=True):
        feature["looks"] = found
    return {
        "format": FORMAT,
        "bins": BINS,
        "smoothing": SMOOTHING,
        "rows": len(rows),
        "horizon_s": horizon_s,
        "seed": seed,
        "features": features,
        "looks": of_all,
    }


def edges_of(values: Floats, bins: int = BINS) -> Floats:
    """Return the inner edges of bins of equal count, fewer where values repeat; an edge belongs above."""
    inner = np.unique(np.quantile(values, np.arange(1, bins) / bins, method="higher"))
    return np.asarray(inner[inner > values.min()])


def draw_windows(rows: Rows, length_s: int, horizon_s: int, draws: int, rng: np.random.Generator) -> Windows:
    """Return random windows over rows ordered by (code, second), without those that have few rows.

    A symbol is drawn by its rows; each block begins at a random second of it.
    """
    first = np.flatnonzero(np.diff(rows.code, prepend=-1))
    last = np.append(first[1:], len(rows)) - 1
    begin, end = rows.second[first], rows.second[last] + 1
    block = int(np.clip(int(np.sum(end - begin)) // _INDEPENDENT, min(horizon_s, length_s), length_s))
    symbol = rng.choice(len(first), size=draws, p=(last - first + 1) / len(rows))
    room = np.maximum(end[symbol] - begin[symbol] - block, 0) + 1
    blocks = -(-length_s // block)
    at = begin[symbol, None] + (rng.random((draws, blocks)) * room[:, None]).astype(np.int64)
    # one axis of (code, second), so that one search finds the rows of all blocks
    width = int(rows.second.max() - rows.second.min()) + length_s + 2
    base = rows.second.min()
    key = rows.code * width + rows.second - base
    where = rows.code[first][symbol][:, None] * width + at - base
    start, stop = np.searchsorted(key, where), np.searchsorted(key, where + block)
    enough = (stop - start).sum(axis=1) >= _LEAST_SHARE * min(length_s, blocks * block)
    return Windows(start[enough], stop[enough], block)


def _feature(edges: Floats, places: npt.NDArray[np.int8], drawn: Mapping[int, Windows]) -> dict[str, Any]:
    counts = np.bincount(places, minlength=len(edges) + 1)
    expected = smoothed(counts.astype(np.float64))
    running = np.zeros((len(places) + 1, len(counts)), dtype=np.int32)
    np.cumsum(places[:, None] == np.arange(len(counts)), axis=0, out=running[1:])
    return {
        "edges": edges.tolist(),
        "counts": counts.tolist(),
        "shares": expected.tolist(),
        "null": {str(length): _null(running, expected, windows) for length, windows in drawn.items()},
    }


def _null(running: npt.NDArray[np.int32], expected: Floats, windows: Windows) -> dict[str, Any] | None:
    """Return quantiles of PSI and KS over the windows; None where the training time has none."""
    if not len(windows.start):
        return None
    counts = (running[windows.stop] - running[windows.start]).sum(axis=1).astype(np.float64)
    shares = smoothed(counts)
    return {
        "draws": len(counts),
        "block_s": windows.block_s,
        "rows": float(np.median(counts.sum(axis=1))),
        "psi": _quantiles(psi(shares, expected)),
        "ks": _quantiles(ks(shares, expected)),
    }


def _quantiles(values: Floats) -> dict[str, float]:
    found = np.quantile(values, QUANTILES).tolist()
    return {str(level): value for level, value in zip(QUANTILES, found, strict=True)}
