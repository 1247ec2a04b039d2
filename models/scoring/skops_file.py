"""A scikit-learn classifier from a skops file. Imports scikit-learn, so only what opens such a model does.

A skops file is no pickle, yet names the types it is built from: only those listed here are ever built.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import sklearn
import skops
import skops.io
import threadpoolctl
from skops.io._protocol import PROTOCOL

from models.bundle.errors import BundleError, Reason
from models.scoring.skops_types import known_types
from models.ticks import Floats

_LARGEST = 3e38
"""Trees of scikit-learn take their features as float32."""

_UNSTEADY = ("LogisticRegression", "GaussianNB")


class SkopsFile:
    """A fitted binary classifier; linear ones are unsteady: BLAS changes last bits with the batch height."""

    def __init__(self, classifier: Any, steady: bool) -> None:
        self._classifier = classifier
        self._threads = threadpoolctl.ThreadpoolController()
        self.steady = steady

    def predict(self, x: Floats) -> Floats:
        """Return raw probabilities of finite rows (n, features), on one thread.

        On more, a busy machine would make a batch of a few rows wait for seconds.
        """
        with self._threads.limit(limits=1):
            found = self._classifier.predict_proba(np.clip(x, -_LARGEST, _LARGEST))
        return np.ascontiguousarray(found[:, 1], dtype=np.float64)


def read(content: bytes, features: tuple[str, ...]) -> SkopsFile:
    """Return the classifier in a file; raise ``BundleError`` for unknown types, named, or other features."""
    types = known_types(content, PROTOCOL)
    classifier = _built(content, types)
    _check(classifier, features)
    return SkopsFile(classifier, not any(name.endswith(_UNSTEADY) for name in types))


def versions() -> dict[str, str]:
    """Return the versions that a model made here depends on."""
    return {"numpy": np.__version__, "scikit-learn": sklearn.__version__, "skops": skops.__version__}


def check_library(made_with: Mapping[str, str]) -> str:
    """Return an empty text; raise ``BundleError`` for another minor version of scikit-learn.

    Its estimators change their attributes between minor versions, and it promises nothing across them.
    """
    here, there = sklearn.__version__, made_with.get("scikit-learn", "")
    if there.split(".")[:2] != here.split(".")[:2]:
        raise BundleError(
            Reason.LIBRARY,
            f"it was made with scikit-learn {there or '(unknown)'}, here is {here}: install that minor "
            "version, or train again",
        )
    return ""


def _built(content: bytes, known: set[str]) -> Any:
    try:
        wanted = [name for name in skops.io.get_untrusted_types(data=content) if name in known]
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # another scikit-learn's estimator comes with a mere warning
            return skops.io.loads(content, trusted=wanted)
    except Exception as error:  # whatever a damaged file makes it raise
        raise BundleError(Reason.CRASHED, f"skops cannot read the model ({error!r})") from error


def _check(classifier: Any, features: tuple[str, ...]) -> None:
    if list(getattr(classifier, "classes_", ())) != [0, 1] or not hasattr(classifier, "predict_proba"):
        raise BundleError(Reason.SCHEMA, "the model is no fitted classifier of the labels 0 and 1")
    if classifier.n_features_in_ != len(features):
        raise BundleError(
            Reason.SCHEMA,
            f"the model takes {classifier.n_features_in_} columns, the bundle names {len(features)} features",
        )
    for part in [classifier, *(step for _, step in getattr(classifier, "steps", ()))]:
        if tuple(getattr(part, "feature_names_in_", features)) != features and part is classifier:
            raise BundleError(Reason.SCHEMA, "the model was trained on other features, or in another order")
        vars(part).pop("feature_names_in_", None)  # else it warns of arrays, which have no names
        if np.any(getattr(getattr(part, "_bin_mapper", None), "is_categorical_", False)):
            raise BundleError(Reason.SCHEMA, "the model has categorical features; all of ours are numbers")
        for predictor in _predictors(part):
            _check_tree(predictor.nodes, len(features))


def _predictors(part: Any) -> Iterator[Any]:
    for iteration in getattr(part, "_predictors", ()):
        yield from iteration


def _check_tree(nodes: Any, width: int) -> None:
    """Refuse a tree whose walk would leave it: scikit-learn walks without looking."""
    inner = np.flatnonzero(nodes["is_leaf"] == 0)
    inside = all(
        ((nodes[side][inner] > inner) & (nodes[side][inner] < len(nodes))).all() for side in ("left", "right")
    )
    columns = nodes["feature_idx"][inner]
    plain = not nodes["is_categorical"].any()
    if not len(nodes) or not inside or not plain or not ((columns >= 0) & (columns < width)).all():
        raise BundleError(Reason.CRASHED, "a tree of the model points outside of itself or of the features")
