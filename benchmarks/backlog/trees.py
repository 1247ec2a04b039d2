"""LightGBM alone and behind our model: ``python -m benchmarks.backlog.trees TREES ROWS``, one thread.

Trains that many trees on seeded random rows, whose first column tells a little of the class, and predicts
rows in batches of each height. Prints one JSON list: for each height the rows per second of the booster alone
and of the bundle's model, which picks its columns, looks whether they are finite, and calibrates.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import lightgbm
import numpy as np
import orjson

from models.bundle.calibration import Identity
from models.bundle.manifest import Manifest, Policy
from models.bundle.opening import BundleModel, model_of
from models.bundle.placing import places
from models.market.schema import FEATURES_VERSION, NAMES, TRAINED
from models.scoring.lightgbm_text import versions
from models.scoring.model import HORIZON_S, ModelRows
from models.ticks import Floats

HEIGHTS = (1, 20, 1_000)
"""A symbol's second, a second of a shard of twenty, and a backlog."""
LEAVES, NOISE, TRAINED_ON, SEED = 31, 5.0, 20_000, 1
FEWER = 20
"""Single rows are so much slower that a part of them will do."""


def main(trees: str, rows: str) -> None:
    """Measure all heights and print."""
    random = np.random.default_rng(SEED)
    x = random.standard_normal((int(rows), len(NAMES)))
    booster = booster_of(x[:TRAINED_ON, places(TRAINED)], random, int(trees))
    model = bundle_model(booster)
    print(orjson.dumps([_both(booster, model, x, height) for height in HEIGHTS]).decode())


def booster_of(x: Floats, random: np.random.Generator, trees: int) -> lightgbm.Booster:
    """Return trees that had much to split, as prices give: the classes are mostly noise."""
    up = x[:, 0] + NOISE * random.standard_normal(len(x)) > 0
    settings = {
        "objective": "binary", "num_leaves": LEAVES, "num_threads": 1, "seed": SEED, "verbosity": -1,
    }  # fmt: skip
    return lightgbm.train(settings, lightgbm.Dataset(x, up.astype(float)), trees)


def bundle_model(booster: lightgbm.Booster) -> BundleModel:
    """Return the model that a bundle of these trees would open as."""
    manifest = Manifest(
        kind="lightgbm", name="trees", run_id="20260101T000000Z-00000000", features=TRAINED,
        dtypes=("float64",) * len(TRAINED), features_version=FEATURES_VERSION, horizon_s=HORIZON_S,
        calibration=Identity(), policy=Policy(0.55, 0.45), libraries=versions(),
    )  # fmt: skip
    return model_of(manifest, booster.model_to_string().encode())


def _both(booster: lightgbm.Booster, model: BundleModel, x: Floats, height: int) -> dict[str, float]:
    x = x[: len(x) // FEWER] if height < max(HEIGHTS) else x
    own = np.ascontiguousarray(x[:, places(TRAINED)])
    second, weights = np.zeros(len(x), dtype=np.int64), np.full((len(x), 3), 1 / 3)
    rows = ModelRows(x, second, second, weights)

    def alone(part: slice) -> None:
        booster.predict(own[part], num_threads=1)

    def ours(part: slice) -> None:
        model.predict(ModelRows(rows.x[part], rows.second[part], rows.phase[part], rows.weights[part]))

    return {"height": height, "alone": _rate(alone, len(x), height), "ours": _rate(ours, len(x), height)}


def _rate(predict: Callable[[slice], None], rows: int, height: int) -> float:
    began = time.perf_counter()
    for start in range(0, rows, height):
        predict(slice(start, start + height))
    return rows / (time.perf_counter() - began)


if __name__ == "__main__":
    main(*sys.argv[1:])
