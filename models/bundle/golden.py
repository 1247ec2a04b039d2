"""``golden.json``: rows with the answers the model gave when made, to be given again wherever it runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import orjson

from models.bundle.errors import BundleError, Reason
from models.bundle.fields import check_fields, json_object
from models.bundle.placing import model_rows, usable
from models.market.schema import NAMES
from models.scoring.model import Model
from models.ticks import Floats

FORMAT = 1
GOLDEN = "golden.json"
ROWS = 64
TOLERANCE = 1e-9
"""Largest difference in probability that another processor or library build may make."""


@dataclass(frozen=True, slots=True)
class Golden:
    """Rows of the model's own columns and the calibrated probability of each.

    They name their columns themselves: a manifest that mixes up its features is then found out.
    """

    features: tuple[str, ...]
    x: Floats  # (n, features)
    prob: Floats  # (n,)

    def as_json(self) -> bytes:
        """Return the content of ``golden.json``; every float reads back to the same bits."""
        plain = {
            "format": FORMAT, "features": self.features, "x": self.x.tolist(), "prob": self.prob.tolist()
        }  # fmt: skip
        return orjson.dumps(plain, option=orjson.OPT_APPEND_NEWLINE)


def parse_golden(content: bytes, features: tuple[str, ...]) -> Golden:
    """Return the golden rows of a model of these features; raise ``BundleError`` for bad ones."""
    raw = json_object(GOLDEN, content)
    check_fields(GOLDEN, raw, {"format": int, "features": list, "x": list, "prob": list})
    try:
        x, prob = np.array(raw["x"], dtype=np.float64), np.array(raw["prob"], dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise BundleError(Reason.MANIFEST, f"{GOLDEN}: rows that are no numbers of one width") from error
    if raw["format"] != FORMAT or x.shape != (ROWS, len(features)) or prob.shape != (ROWS,):
        raise BundleError(
            Reason.MANIFEST,
            f"{GOLDEN}: must be format {FORMAT} with {ROWS} rows of {len(features)} columns: restore it",
        )
    if raw["features"] != list(features):
        raise BundleError(
            Reason.GOLDEN,
            f"{GOLDEN} has other features than the model, or in another order: restore the files",
        )
    if not (np.isfinite(x).all() and np.isfinite(prob).all()):
        raise BundleError(Reason.MANIFEST, f"{GOLDEN}: holds numbers that are not finite; restore the file")
    return Golden(features, x, prob)


def golden_rows(x: Floats) -> Floats:
    """Return ``ROWS`` finite rows, spread evenly over ``x`` and repeated where it has fewer."""
    good = x[usable(x)]
    if not len(good):
        raise BundleError(Reason.GOLDEN, "no row is finite: golden rows need data, such as an hour of ticks")
    return good[np.linspace(0, len(good) - 1, ROWS).round().astype(np.int64)]


def differences(model: Model, golden: Golden, tolerance: float = TOLERANCE) -> list[str]:
    """Return, a line each, where the model's answers are not the golden ones."""
    found = model.predict(model_rows(golden.x, golden.features))
    if found.shape != golden.prob.shape:
        return [f"{len(golden.prob)} golden rows got answers of shape {found.shape}"]
    off = ~(np.abs(found - golden.prob) <= tolerance)  # a NaN is off, too
    return [
        f"golden row {i}: {found[i]:.17g}, expected {golden.prob[i]:.17g}"
        for i in np.flatnonzero(off).tolist()
    ]


def uneven(model: Model, x: Floats, heights: tuple[int, ...] = (1, 2, 7)) -> list[int]:
    """Return the batch heights at which rows of the whole schema get other bits than all at once."""
    assert x.shape[1] == len(NAMES)
    every = tuple(NAMES)
    whole = model.predict(model_rows(x, every)).tobytes()
    return [
        height
        for height in heights
        if b"".join(
            model.predict(model_rows(x[i : i + height], every)).tobytes() for i in range(0, len(x), height)
        )
        != whole
    ]
