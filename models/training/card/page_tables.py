"""Numbers and tables of a card's page: three significant digits, and a dash where nothing is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

UNKNOWN = "-"


def figure(value: Any) -> str:
    """Return a figure: three decimals below 1,000, counts in full, text as it is."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3f}" if 0.001 <= abs(value) < 1_000 or value == 0 else f"{value:.3g}"


def number(value: float | None) -> str:
    """Return a count, rounded."""
    return UNKNOWN if value is None else f"{value:,.0f}"


def interval(found: Mapping[str, Any] | None) -> str:
    """Return the two ends of an interval of the card."""
    if found is None or found["low"] is None:
        return UNKNOWN
    return f"{figure(found['low'])} to {figure(found['high'])}"


def stack(*parts: str) -> str:
    """Return paragraphs one below the other, empty ones left out."""
    return "\n\n".join(part for part in parts if part)


def bullets(lines: Iterable[str]) -> str:
    """Return a list."""
    return "\n".join(f"- {line}" for line in lines)


def table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; bars inside cells are escaped."""
    rows = [heads, ["---"] * len(heads), *lines]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
