"""Numbers, times and tables as the commands print them: ``-`` where there is nothing to say, never 0."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

NONE = "-"
DIGEST = 8
UNITS = ((1 / 24, 1 / 1_440, "min"), (1.0, 1 / 24, "h"), (365.0, 1.0, "d"), (36_500.0, 365.0, "y"))
"""Below so many days a time is told in units of so many days."""
WIDE = 160
"""Columns of a table that goes into a file or a pipe, where nobody can widen a window."""


def number(value: float | None, digits: int = 3) -> str:
    """Return a number with so many decimals."""
    return NONE if value is None else f"{value:.{digits}f}"


def count(value: float | None) -> str:
    """Return a count with its thousands told apart."""
    return NONE if value is None else f"{value:,.0f}"


def share(value: float | None) -> str:
    """Return a share as a percentage."""
    return NONE if value is None else f"{value:.1%}"


def interval(low: float | None, high: float | None) -> str:
    """Return both ends of an interval."""
    return NONE if low is None or high is None else f"{low:.3f} to {high:.3f}"


def days(value: float | None) -> str:
    """Return a time in days in the unit that reads best."""
    if value is None:
        return NONE
    for limit, size, unit in UNITS:
        if value < limit:
            return f"{value / size:.3g} {unit}"
    return "> 100 y"


def short(reference: str) -> str:
    """Return a model's reference with as much of its digest as tells bundles apart."""
    name, at, digest = reference.partition("@")
    return f"{name}{at}{digest[:DIGEST]}"


def moment(ts: int) -> str:
    """Return a time in ns as UTC to the second."""
    return f"{datetime.fromtimestamp(ts // 1_000_000_000, UTC):%Y-%m-%d %H:%M:%S}"


def show(*tables: Table) -> None:
    """Print tables; where no terminal is, wide enough to be whole."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=max(console.width, WIDE))
    for table in tables:
        console.print(table)
