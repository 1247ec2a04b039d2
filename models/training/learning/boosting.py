"""LightGBM as a learner: deterministic, one thread, early stopping on the validation log-loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import lightgbm
import numpy as np
from lightgbm.callback import CallbackEnv

from models.ticks import Floats
from models.training.examples import Examples
from models.training.learning.imbalance import up_weight
from models.training.learning.learner import Fitted, Params, Range, Watch

ROUNDS = 1_000
PATIENCE = 50
"""Rounds without a better validation log-loss after which training stops."""
_DATASET = {
    "max_bin": 63,
    "feature_pre_filter": False,
    "deterministic": True,
    "force_col_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
SPACE = {
    "learning_rate": Range(0.02, 0.2, log=True),
    "num_leaves": Range(4, 63, log=True),
    "min_data_in_leaf": Range(50, 2_000, log=True),
    "feature_fraction": Range(0.4, 1.0),
    "bagging_fraction": Range(0.5, 1.0),
    "lambda_l1": Range(1e-3, 10.0, log=True),
    "lambda_l2": Range(1e-3, 10.0, log=True),
}


class _GivenUpError(Exception):
    """The watch ended the fit."""


class Boosting:
    """Boosted trees; the examples are binned once for all fits."""

    kind = "lightgbm"
    space: Mapping[str, Range] = SPACE

    def __init__(self, train: Examples, validation: Examples, seed: int) -> None:
        self._names = train.names
        self.fixed: Mapping[str, object] = {
            **_DATASET,
            "objective": "binary",
            "metric": "binary_logloss",
            "bagging_freq": 1,
            "seed": seed,
            "scale_pos_weight": up_weight(train.up_share),
        }
        self._train = _dataset(train, seed)
        self._validation = _dataset(validation, seed, self._train)

    def fit(self, params: Params, watch: Watch | None = None) -> Fitted | None:
        """Train until the validation log-loss has not fallen for ``PATIENCE`` rounds; keep the best round."""
        stop = lightgbm.early_stopping(PATIENCE, verbose=False)
        try:
            booster = lightgbm.train(
                {**self.fixed, **params},
                self._train,
                num_boost_round=ROUNDS,
                valid_sets=[self._validation],
                callbacks=[stop, *([_watching(watch)] if watch else [])],
            )
        except _GivenUpError:
            return None
        return _fitted(booster, self._names, self.fixed)


def _dataset(part: Examples, seed: int, like: lightgbm.Dataset | None = None) -> lightgbm.Dataset:
    return lightgbm.Dataset(
        part.x,
        label=part.label.astype(np.float32),
        feature_name=list(part.names),
        reference=like,
        params={**_DATASET, "data_random_seed": seed},
        free_raw_data=False,
    ).construct()


def _watching(watch: Watch) -> Any:
    def told(env: CallbackEnv) -> None:
        results = env.evaluation_result_list or []
        if watch(env.iteration + 1, float(results[0][2])):
            raise _GivenUpError

    told.order = 20  # type: ignore[attr-defined]  # before early stopping, which ends the round by raising
    return told


def _fitted(booster: lightgbm.Booster, names: tuple[str, ...], fixed: Mapping[str, object]) -> Fitted:
    rounds = booster.best_iteration
    text = booster.model_to_string(num_iteration=rounds)
    kept = lightgbm.Booster(model_str=text)

    def raw(x: Floats) -> Floats:
        return np.asarray(kept.predict(x, num_threads=1), dtype=np.float64)

    def gains() -> dict[str, float]:
        return dict(zip(names, kept.feature_importance("gain").tolist(), strict=True))

    return Fitted(text.encode(), rounds, raw, gains, "gain", fixed)
