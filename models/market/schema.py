"""The feature schema as read from ``features.yml``: the frozen contract between stream, models and files."""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple

import yaml


class Feature(NamedTuple):
    """One column of a feature row; ``span`` is how far it looks back, in seconds."""

    name: str
    tf: str
    dtype: str
    span: int
    description: str


def load() -> tuple[str, tuple[Feature, ...]]:
    """Return version and columns of the packaged schema."""
    text = files("models.market").joinpath("features.yml").read_text(encoding="utf-8")
    raw = yaml.safe_load(text)
    return str(raw["version"]), tuple(Feature(**entry) for entry in raw["features"])


FEATURES_VERSION, FEATURES = load()
NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
SECOND_NAMES = tuple(f.name for f in FEATURES if f.tf == "1s")
FIVE_NAMES = tuple(f.name for f in FEATURES if f.tf == "5s")
