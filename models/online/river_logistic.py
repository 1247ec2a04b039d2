"""``river-logistic``: a logistic regression on standardised features, by River, one row after the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from models.desk.desk import LEARNER

LEARNING_RATE = 0.01
L2 = 1e-4
LARGEST = 1e9
"""Features beyond it count as this: squares of larger ones would leave the numbers."""
CLIP = 4.0
"""Largest standardised value a learner sees, so that one wild row cannot throw it off."""


class RiverLogistic:
    """Stochastic gradient descent on the log-loss; standardised by running means and variances.

    Its snapshot is plain data: River's own state is a few dictionaries of numbers, and nothing is pickled.
    """

    name = LEARNER
    version = f"{LEARNER}-1.0"

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        from river import linear_model, optim, preprocessing  # noqa: PLC0415  half a second, and seldom needed

        self._scaler = preprocessing.StandardScaler()
        self._model = linear_model.LogisticRegression(optimizer=optim.SGD(LEARNING_RATE), l2=L2)
        if saved is not None:
            self._restore(saved)

    def predict_one(self, x: dict[str, float]) -> float:
        """Return P(up) of one row of finite features; one half before anything was learnt."""
        return float(self._model.predict_proba_one(self._standardised(x))[True])

    def learn_one(self, x: dict[str, float], up: bool) -> None:
        """Learn from one row, and whether the price rose after it."""
        self._scaler.learn_one(_bounded(x))
        self._model.learn_one(self._standardised(x), up)

    def _standardised(self, x: dict[str, float]) -> dict[str, float]:
        scaled = self._scaler.transform_one(_bounded(x))
        return {name: min(max(value, -CLIP), CLIP) for name, value in scaled.items()}

    def snapshot(self) -> dict[str, Any]:
        """Return everything learnt as plain data."""
        return {
            "counts": dict(self._scaler.counts),
            "means": dict(self._scaler.means),
            "vars": dict(self._scaler.vars),
            "weights": self._model.weights,
            "intercept": float(self._model.intercept),
            "iterations": int(self._model.optimizer.n_iterations),
        }

    def _restore(self, saved: Mapping[str, Any]) -> None:
        from river.utils import VectorDict  # noqa: PLC0415

        self._scaler.counts = Counter(saved["counts"])
        self._scaler.means = defaultdict(float, saved["means"])
        self._scaler.vars = defaultdict(float, saved["vars"])
        self._model._weights = VectorDict(dict(saved["weights"]))
        self._model.intercept = saved["intercept"]
        self._model.optimizer.n_iterations = saved["iterations"]


def _bounded(x: dict[str, float]) -> dict[str, float]:
    return {name: min(max(value, -LARGEST), LARGEST) for name, value in x.items()}
