"""Strict reading of JSON objects: every field there, of its type, and none besides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from models.bundle.errors import BundleError, Reason

_NAMES = {
    str: "a string", int: "an integer", float: "a number", bool: "true or false", list: "a list",
    dict: "an object",
}  # fmt: skip


def json_object(name: str, content: bytes) -> dict[str, Any]:
    """Return the object in a file; raise ``BundleError`` naming the file where it holds none."""
    try:
        raw = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BundleError(Reason.MANIFEST, f"{name} is no JSON ({error}); restore the file") from error
    if not isinstance(raw, dict):
        raise BundleError(Reason.MANIFEST, f"{name} must hold one JSON object")
    return raw


def check_fields(where: str, raw: Mapping[str, Any], kinds: Mapping[str, type]) -> None:
    """Raise ``BundleError`` unless ``raw`` has exactly these fields, each of its type."""
    unknown, missing = sorted(raw.keys() - kinds.keys()), sorted(kinds.keys() - raw.keys())
    if unknown or missing:
        raise BundleError(
            Reason.MANIFEST, f"{where}: unknown fields {unknown or 'none'}, missing {missing or 'none'}"
        )
    for name, kind in kinds.items():
        allowed = (int, float) if kind is float else (kind,)
        if type(raw[name]) not in allowed:
            raise BundleError(Reason.MANIFEST, f"{where}: '{name}' must be {_NAMES[kind]}")
