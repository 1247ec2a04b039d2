"""scikit-learn's histogram trees as a learner, stored as skops: the second opinion beside LightGBM."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.inspection import permutation_importance
from skops.io import dumps
from threadpoolctl import threadpool_limits

from models.ticks import Floats
from models.training.examples import Examples
from models.training.learning.imbalance import up_weight
from models.training.learning.learner import Fitted, Params, Range, Watch

SPACE = {
    "learning_rate": Range(0.02, 0.2, log=True),
    "max_iter": Range(10, 200, log=True),
    "max_leaf_nodes": Range(4, 63, log=True),
    "min_samples_leaf": Range(50, 2_000, log=True),
    "max_features": Range(0.4, 1.0),
    "l2_regularization": Range(1e-3, 10.0, log=True),
}
_MEASURED = 4_000  # validation rows on which importance is measured


class HistogramTrees:
    """Boosted trees of scikit-learn; the number of rounds is searched, not stopped early."""

    kind = "skops"
    space: Mapping[str, Range] = SPACE

    def __init__(self, train: Examples, validation: Examples, seed: int) -> None:
        self._train = train
        self._validation = validation
        self._weight = up_weight(train.up_share)
        self._seed = seed
        self.fixed: Mapping[str, object] = {
            "seed": seed,
            "early_stopping": False,
            "max_bins": 63,
            "up_weight": self._weight,
        }

    def fit(self, params: Params, watch: Watch | None = None) -> Fitted | None:
        """Train all rounds; there is nothing to watch in between."""
        options: dict[str, Any] = dict(params)
        model = HistGradientBoostingClassifier(
            random_state=self._seed,
            early_stopping=False,
            max_bins=63,
            class_weight=None if self._weight == 1.0 else {0: 1.0, 1: self._weight},
            **options,
        )
        with _one_thread():
            model.fit(self._train.x, self._train.label.astype(np.int64))

        def raw(x: Floats) -> Floats:
            with _one_thread():
                return np.ascontiguousarray(model.predict_proba(x)[:, 1], dtype=np.float64)

        importance = partial(self._importance, model)
        return Fitted(dumps(model), int(model.n_iter_), raw, importance, "permutation", self.fixed)

    def _importance(self, model: Any) -> Mapping[str, float]:
        """Return by how much the validation log-loss rises when a column is shuffled."""
        part = self._validation.thinned(_MEASURED)
        with _one_thread():
            found = permutation_importance(
                model, part.x, part.label, scoring="neg_log_loss", n_repeats=3, random_state=self._seed
            )
        return dict(zip(part.names, np.maximum(found.importances_mean, 0.0).tolist(), strict=True))


def _one_thread() -> Any:
    # its threads spin while they wait: on a busy machine two are many times slower than one
    return threadpool_limits(limits=1, user_api="openmp")
