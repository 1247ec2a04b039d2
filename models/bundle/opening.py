"""From the bytes of a bundle to a model that scores.

Whoever does not trust the bytes checks their sums first, and opens them in a process of its own: a
damaged LightGBM text ends the process (``connectors.bundles.loading`` does both).
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any, Protocol

import numpy as np

from models.bundle.errors import BundleError, Reason
from models.bundle.fields import json_object
from models.bundle.golden import GOLDEN, differences, parse_golden, uneven
from models.bundle.manifest import MANIFEST, Manifest, Policy, parse_manifest
from models.bundle.placing import model_rows, places, usable
from models.bundle.sums import Files
from models.market.schema import FEATURES, FEATURES_VERSION
from models.monitor.drift.reference import DriftReference, DriftReferenceError
from models.scoring.model import HORIZON_S, ModelRows
from models.ticks import Floats

_READERS = {"lightgbm": "models.scoring.lightgbm_text", "skops": "models.scoring.skops_file"}
_SHOWN = 3
REFERENCE = "reference.json"


class RawModel(Protocol):
    """A library's own model behind a bundle."""

    steady: bool
    """Whether by its construction a row's answer does not depend on the rows beside it."""

    def predict(self, x: Floats) -> Floats:
        """Return uncalibrated probabilities of finite rows (n, features), n > 0, shape (n,)."""


class BundleModel:
    """A model of a bundle: picks its columns, scores, calibrates. Rows that are not finite get NaN."""

    def __init__(
        self,
        manifest: Manifest,
        raw: RawModel,
        notes: tuple[str, ...] = (),
        drift: DriftReference | None = None,
    ) -> None:
        self.manifest = manifest
        self.notes = notes
        """What is unusual about it, for the log; it can be used all the same."""
        self.drift = drift
        """How its features were spread in training, if the bundle tells."""
        self.name = manifest.name
        self.version = manifest.version
        self.steady = raw.steady
        self._raw = raw
        self._places = places(manifest.features)

    @property
    def policy(self) -> Policy:
        """Return the thresholds it was calibrated for: entry, exit."""
        return self.manifest.policy

    def together(self) -> BundleModel:
        """Return the same model asked in one batch, for figures over many rows; its last bits may differ."""
        return BundleModel(replace(self.manifest, row_by_row=False), self._raw, self.notes, self.drift)

    def predict(self, rows: ModelRows) -> Floats:
        """Return calibrated probabilities, shape (n,), the same bits for any batch height."""
        x = np.ascontiguousarray(rows.x[:, self._places])
        good = np.flatnonzero(usable(x))
        prob = np.full(len(x), np.nan)
        if self.manifest.row_by_row:
            for i in good.tolist():
                prob[i : i + 1] = self._calibrated(x[i : i + 1])
        elif len(good):
            prob[good] = self._calibrated(x[good])
        return prob

    def _calibrated(self, x: Floats) -> Floats:
        return self.manifest.calibration.apply(self._raw.predict(x))


def model_of(manifest: Manifest, content: bytes) -> BundleModel:
    """Return the model in the bytes of a model file; raise ``BundleError`` where it cannot be used.

    Nothing is compared with golden rows; ``open_bundle`` does that.
    """
    _check_schema(manifest)
    reader = _reader(manifest.kind)
    note = reader.check_library(manifest.libraries)
    raw = reader.read(content, manifest.features)
    if not raw.steady and not manifest.row_by_row:
        raise BundleError(
            Reason.MANIFEST,
            f"{MANIFEST}: 'row_by_row' must be true: this kind of model answers differently in a batch; "
            "pack it again",
        )
    return BundleModel(manifest, raw, (note,) if note else ())


def open_bundle(files: Files) -> BundleModel:
    """Return the model of a bundle once it has given its golden answers; raise ``BundleError`` if not."""
    manifest = parse_manifest(_content(files, MANIFEST))
    model = model_of(manifest, _content(files, manifest.model_file))
    model.drift = _drift(files)
    golden = parse_golden(_content(files, GOLDEN), manifest.features)
    off = differences(model, golden)
    if off:
        raise BundleError(
            Reason.GOLDEN,
            f"{len(off)} golden rows get other answers ({'; '.join(off[:_SHOWN])}): train again",
        )
    if not manifest.row_by_row and uneven(model, model_rows(golden.x, manifest.features).x):
        raise BundleError(Reason.GOLDEN, "its answers depend on the batch they are asked in: pack it again")
    return model


def _drift(files: Files) -> DriftReference | None:
    """Return the drift reference; a bundle that was packed by hand has none."""
    if REFERENCE not in files:
        return None
    try:
        return DriftReference.of(json_object(REFERENCE, files[REFERENCE]))
    except DriftReferenceError as error:
        raise BundleError(Reason.MANIFEST, str(error)) from error


def library_versions(kind: str) -> dict[str, str]:
    """Return the versions that ``bundle.json`` records for a model made here, by library."""
    found: dict[str, str] = _reader(kind).versions()
    return found


def _reader(kind: str) -> Any:
    """Return the module that reads a kind; it loads its library, so only where it is needed."""
    try:
        return import_module(_READERS[kind])
    except (ImportError, OSError) as error:  # the latter where a library of the system is missing
        raise BundleError(
            Reason.LIBRARY, f"a {kind} model needs a library that is not here ({error}): install it"
        ) from error


def _content(files: Files, name: str) -> bytes:
    if name not in files:
        raise BundleError(Reason.MISSING, f"the bundle has no {name}: restore it, or train again")
    return files[name]


def _check_schema(manifest: Manifest) -> None:
    dtypes = {feature.name: feature.dtype for feature in FEATURES}
    unknown = [name for name in manifest.features if name not in dtypes]
    if unknown:
        raise _schema(f"it wants the features {', '.join(unknown)}, which are not computed here")
    wrong = [n for n, d in zip(manifest.features, manifest.dtypes, strict=True) if dtypes[n] != d]
    if wrong:
        raise _schema(f"the features {', '.join(wrong)} have another type here")
    if manifest.features_version != FEATURES_VERSION:
        raise _schema(f"it was made for features {manifest.features_version}, here are {FEATURES_VERSION}")
    if manifest.horizon_s != HORIZON_S:
        raise _schema(f"its horizon is {manifest.horizon_s} s, here outcomes come after {HORIZON_S} s")


def _schema(why: str) -> BundleError:
    return BundleError(Reason.SCHEMA, f"{why}: train again, or run the version it was made for")
