"""What the features of a foreign model are worth: how much worse it gets when one of them is shuffled."""

from __future__ import annotations

import numpy as np

from models.bundle.placing import model_rows, places
from models.market.schema import NAMES
from models.scoring.model import Model
from models.ticks import Floats
from models.training.rows import Rows

ROWS = 4_000


def permutation_importance(
    model: Model, features: tuple[str, ...], rows: Rows, seed: int
) -> dict[str, float]:
    """Return by how much the log-loss rises when a column is shuffled, not below 0, by feature."""
    labelled = np.flatnonzero((rows.label >= 0) & np.isfinite(rows.x).all(axis=1))
    part = rows.where(labelled[:: max(1, len(labelled) // ROWS)])
    chance = np.random.default_rng(seed)
    whole = _loss(model, part, part.x)
    found = {}
    for name, place in zip(features, places(features).tolist(), strict=True):
        x = part.x.copy()
        x[:, place] = chance.permutation(x[:, place])
        found[name] = max(0.0, _loss(model, part, x) - whole)
    return found


def _loss(model: Model, rows: Rows, x: Floats) -> float:
    prob = np.clip(model.predict(model_rows(x, NAMES)), 1e-12, 1 - 1e-12)
    return float(-np.mean(np.log(np.where(rows.label == 1, prob, 1 - prob)))) if len(prob) else 0.0
