"""Small models and the bundles around them, the same ones in every run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
import orjson
import skops.io
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from models.bundle.calibration import Platt
from models.bundle.making import make_bundle
from models.bundle.manifest import Manifest, Policy
from models.bundle.opening import library_versions
from models.bundle.placing import places
from models.market.schema import FEATURES_VERSION, NAMES

RUN = "20261121T141500Z-0123abcd"
FEATURES = ("rsi_14", "ret_1s", "vol_60s", "trend_120s", "imbalance_10s")
PASSED = {"accuracy": {"value": 0.7, "threshold": 0.65, "passed": True}, "passed": True}
COIN = {"accuracy": {"value": 0.507, "threshold": 0.65, "passed": False}, "passed": False}


@dataclass(frozen=True)
class Made:
    """Model bytes by kind, and the rows they were made with."""

    lightgbm: bytes
    trees: bytes
    linear: bytes
    x: np.ndarray


def rows(n: int = 1_000, seed: int = 5) -> np.ndarray:
    """Return rows of the whole schema."""
    return np.random.default_rng(seed).normal(size=(n, len(NAMES)))


def made() -> Made:
    """Train each kind on the same small problem."""
    x = rows()
    mine = x[:, places(FEATURES)]
    label = (mine[:, 0] + mine[:, 1] * mine[:, 2] + rows(seed=6)[:, 0] > 0).astype(int)
    trees = HistGradientBoostingClassifier(max_iter=8, max_leaf_nodes=6).fit(mine, label)
    linear = make_pipeline(StandardScaler(), LogisticRegression()).fit(mine, label)
    return Made(booster(mine, label).encode(), skops.io.dumps(trees), skops.io.dumps(linear), x)


def booster(x: np.ndarray, label: np.ndarray, **params: Any) -> str:
    """Return the text of a small booster."""
    given = {
        "objective": "binary", "deterministic": True, "force_col_wise": True, "num_threads": 1,
        "verbosity": -1, "seed": 1, "num_leaves": 7,
    }  # fmt: skip
    text: str = lightgbm.train(given | params, lightgbm.Dataset(x, label), 12).model_to_string()
    return text


def manifest(kind: str = "lightgbm", **fields: Any) -> Manifest:
    """Return the manifest of a model made here."""
    given: dict[str, Any] = {
        "kind": kind, "name": "lgbm-test" if kind == "lightgbm" else "skops-test", "run_id": RUN,
        "features": FEATURES, "dtypes": ("float64",) * len(FEATURES), "features_version": FEATURES_VERSION,
        "horizon_s": 60, "calibration": Platt(0.9, 0.02), "policy": Policy(0.56, 0.44),
        "libraries": library_versions(kind),
    }  # fmt: skip
    return Manifest(**given | fields)


def bundle(of: Made, kind: str = "lightgbm", gates: object = PASSED, **fields: Any) -> dict[str, bytes]:
    """Return the files of a bundle around one of the models."""
    content = of.lightgbm if kind == "lightgbm" else of.trees
    extra = {"model_card.json": orjson.dumps({"gates": gates}), "model_card.md": b"# A card\n"}
    return make_bundle(manifest(kind, **fields), content, of.x, extra)
