"""A LightGBM model from its own text. Imports lightgbm, so only what opens such a model imports this.

A damaged text can end the process (SIGABRT), or load and answer nonsense: check its digest first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import version

import lightgbm
import numpy as np

from models.bundle.errors import BundleError, Reason
from models.ticks import Floats

_BINARY = re.compile(r"^objective=binary\b", re.MULTILINE)
_NAMELESS = re.compile(r"Column_\d+")


class LightGBMText:
    """A binary booster; each row walks its trees alone, so the height of a batch changes nothing."""

    steady = True

    def __init__(self, booster: lightgbm.Booster) -> None:
        self._booster = booster

    def predict(self, x: Floats) -> Floats:
        """Return raw probabilities of finite rows (n, features), on one thread."""
        found = self._booster.predict(x, num_iteration=-1, num_threads=1, validate_features=False)
        return np.asarray(found, dtype=np.float64)


def read(content: bytes, features: tuple[str, ...]) -> LightGBMText:
    """Return the model in a text; raise ``BundleError`` unless it classifies rows of these features."""
    try:
        text = content.decode()
        booster = lightgbm.Booster(model_str=text)
    except (UnicodeDecodeError, lightgbm.basic.LightGBMError) as error:
        raise BundleError(Reason.CRASHED, f"LightGBM cannot read the model text ({error})") from error
    if not _BINARY.search(text) or booster.num_model_per_iteration() != 1:
        raise BundleError(Reason.SCHEMA, "the model is no binary classifier: train with objective=binary")
    _check_features(booster, features)
    return LightGBMText(booster)


def versions() -> dict[str, str]:
    """Return the versions that a model made here depends on."""
    return {"lightgbm": lightgbm.__version__, "numpy": version("numpy")}


def check_library(made_with: Mapping[str, str]) -> str:
    """Return a note where the model comes from another minor version, else an empty text.

    The text format is kept stable across versions, while predictions are promised by nobody: the golden
    rows decide. Raises ``BundleError`` for another major version.
    """
    here, there = lightgbm.__version__, made_with.get("lightgbm", "")
    if there.split(".")[0] != here.split(".")[0]:
        raise BundleError(
            Reason.LIBRARY,
            f"it was made with lightgbm {there or '(unknown)'}, here is {here}: install that major version, "
            "or train again",
        )
    if there.split(".")[:2] == here.split(".")[:2]:
        return ""
    return f"made with lightgbm {there}, runs on {here}: the golden rows agree, other rows may differ"


def _check_features(booster: lightgbm.Booster, features: tuple[str, ...]) -> None:
    named = tuple(booster.feature_name())
    if len(named) != len(features):
        raise BundleError(
            Reason.SCHEMA, f"the model takes {len(named)} columns, the bundle names {len(features)} features"
        )
    if named != features and not all(_NAMELESS.fullmatch(name) for name in named):
        raise BundleError(
            Reason.SCHEMA,
            f"the model was trained on {', '.join(named)}; the bundle names {', '.join(features)}",
        )
