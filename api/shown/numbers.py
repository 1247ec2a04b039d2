"""Decimal texts of the paper account's records as JSON numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Plain = dict[str, Any]


def number(text: str | float | None) -> float | None:
    """Return the number of a decimal text, null for null."""
    return None if text is None else float(text)


def numbers(body: Mapping[str, Any], names: Iterable[str]) -> Plain:
    """Return those fields as numbers."""
    return {name: number(body[name]) for name in names}
