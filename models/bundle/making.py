"""Putting a bundle together from a trained model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.bundle.errors import BundleError, Reason
from models.bundle.golden import GOLDEN, Golden, golden_rows, uneven
from models.bundle.manifest import MANIFEST, Manifest
from models.bundle.opening import BundleModel, model_of
from models.bundle.placing import model_rows, places
from models.bundle.sums import NAME, SUMS, Files, sums_text
from models.market.schema import NAMES
from models.ticks import Floats

TRIED = 500
"""Rows on which a model shows whether the batch height changes its answers."""


def steadied(manifest: Manifest, content: bytes, x: Floats) -> BundleModel:
    """Return the model as it will run: asked row by row if its answers depend on the height of a batch.

    ``x`` are finite rows of the whole schema; up to ``TRIED`` of them are tried. The decision stands in the
    returned model's ``manifest``.
    """
    careful = replace(manifest, row_by_row=True)
    model = model_of(careful, content)
    if not model.steady:
        return model
    fast = model_of(replace(manifest, row_by_row=False), content)
    sample = golden_rows(x) if len(x) < TRIED else x[:: len(x) // TRIED][:TRIED]
    return model if uneven(fast, sample) else fast


def make_bundle(manifest: Manifest, content: bytes, x: Floats, extra: Files) -> dict[str, bytes]:
    """Return the files of a bundle around the bytes of a model.

    ``x`` are rows of the whole schema, (n, columns of NAMES): 64 finite ones become the golden rows.
    ``extra`` are the card, the pictures, the drift reference and the data snapshot, by file name. Raises
    ``BundleError`` where the model cannot be opened or does not give probabilities.
    """
    if x.ndim != 2 or x.shape[1] != len(NAMES):
        raise ValueError(f"rows must have the {len(NAMES)} columns of the schema, not shape {x.shape}")
    rows = golden_rows(x)
    model = steadied(manifest, content, x[np.isfinite(x).all(axis=1)])
    prob = model.predict(model_rows(rows, NAMES))
    if not ((prob >= 0) & (prob <= 1)).all():
        raise BundleError(
            Reason.GOLDEN, "the model gives no probabilities from 0 to 1: train a binary classifier"
        )
    made = {
        manifest.model_file: content,
        MANIFEST: model.manifest.as_json(),
        GOLDEN: Golden(manifest.features, rows[:, places(manifest.features)], prob).as_json(),
    }
    bad = [name for name in extra if name in made or name == SUMS or not NAME.fullmatch(name)]
    if bad:
        raise ValueError(f"these names are taken or no plain file names: {', '.join(bad)}")
    files = {**extra, **made}
    return files | {SUMS: sums_text(files)}
