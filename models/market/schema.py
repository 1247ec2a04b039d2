"""The feature schema as read from ``features.yml``: the frozen contract between stream, models and files."""

from __future__ import annotations

import hashlib
from collections import Counter
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

BARS = {"1s": 1, "5s": 5}


class SchemaError(ValueError):
    """``features.yml`` is not a feature schema; the message says what is wrong with it."""


class Feature(NamedTuple):
    """One column of a feature row."""

    name: str
    tf: str
    """The bars it is computed on: 1s, or 5s and held until the next of these ends."""
    dtype: str
    window: int
    """How far it looks back, in seconds; what lies further back does not change it."""
    description: str
    placeholder: bool = False
    """Its value is always 0.0: the place is kept for what is to come, and no model is trained on it."""


class Schema(NamedTuple):
    """A named and versioned list of columns."""

    name: str
    version: str
    features: tuple[Feature, ...]


def parsed(text: str) -> Schema:
    """Return the schema that YAML text holds; raise ``SchemaError`` where it is none."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SchemaError(f"features.yml: is no YAML: {error}") from error
    if not isinstance(raw, dict) or raw.keys() != {"schema", "version", "features"}:
        raise SchemaError("features.yml: must have the keys schema, version and features, and no others")
    features = tuple(_feature(entry) for entry in raw["features"] or ())
    if not features:
        raise SchemaError("features.yml: lists no features")
    name, count = Counter(f.name for f in features).most_common(1)[0]
    if count > 1:
        raise SchemaError(f"features.yml: {name}: is there twice")
    return Schema(str(raw["schema"]), str(raw["version"]), features)


def _feature(entry: dict[str, Any]) -> Feature:
    if not isinstance(entry, dict):
        raise SchemaError(f"features.yml: {entry} is no feature")
    where = f"features.yml: {entry.get('name', entry)}"
    if unknown := entry.keys() - set(Feature._fields):
        raise SchemaError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    if missing := set(Feature._fields) - set(Feature._field_defaults) - entry.keys():
        raise SchemaError(f"{where}: no {', '.join(sorted(missing))}")
    feature = Feature(**entry)
    if feature.tf not in BARS or feature.dtype != "float64":
        raise SchemaError(f"{where}: tf is 1s or 5s and dtype float64, not {feature.tf} and {feature.dtype}")
    whole = isinstance(feature.window, int) and feature.window >= 0
    if not whole or not feature.description or not str(feature.name).isidentifier():
        raise SchemaError(f"{where}: needs a name, a window of 0 or more whole seconds and a description")
    return feature


def load() -> Schema:
    """Return the packaged schema."""
    return parsed(files("models.market").joinpath("features.yml").read_text(encoding="utf-8"))


SCHEMA_NAME, FEATURES_VERSION, FEATURES = load()
NAMES: tuple[str, ...] = tuple(f.name for f in FEATURES)
TRAINED: tuple[str, ...] = tuple(f.name for f in FEATURES if not f.placeholder)
"""The columns that a model may be trained on."""
FINGERPRINT = hashlib.sha256("\n".join(f"{f.name} {f.tf} {f.window}" for f in FEATURES).encode()).hexdigest()
"""Of the columns and their order: state that was made of others cannot be gone on with."""
SECOND_NAMES = tuple(f.name for f in FEATURES if f.tf == "1s")
FIVE_NAMES = tuple(f.name for f in FEATURES if f.tf == "5s")
