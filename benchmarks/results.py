"""Result rows: repeated figures as median, spread and ratio, and the tables made of them.

``results.json`` is one object:

- ``machine``: processor, cores, system, and versions by name; ``broker``: which; ``quick``: whether the sizes
  were small, so that the figures only show that it runs;
- ``rows``: a list of objects, one for each line of the table, with at least ``name``, ``ours``, ``against``
  (what was measured beside it, null for nothing), ``ratio`` (ours to that), ``target`` (in words, null for
  none) and ``met`` (null without a target). The rest are the fields of ``Row``: ``unit`` is that of ``ours``
  and ``against``, ``reached`` stands against the target in its words, ``points`` are pairs of size and cost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from benchmarks.figures import Target, figure, percentile

__all__ = ["HEADER", "PICTURE", "Row", "Target", "cells", "figure", "markdown", "percentile", "row"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: medians over the repeats, the spread being their lowest and highest."""

    name: str
    unit: str
    ours: float
    spread: tuple[float, float]
    against: float | None
    against_what: str
    ratio: float | None
    ratio_spread: tuple[float, float] | None
    target: str | None
    met: bool | None
    repeats: int
    note: str = ""
    reached: str | None = None
    tried: str = ""
    """What was tried where the target is missed."""
    points: tuple[tuple[float, float], ...] = ()
    """Sizes and what each cost, where the figure was made of such."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


def row(
    name: str,
    unit: str,
    ours: Sequence[float],
    *,
    against: Sequence[float] = (),
    against_what: str = "",
    target: Target | None = None,
    note: str = "",
    tried: str = "",
    points: tuple[tuple[float, float], ...] = (),
) -> Row:
    """Return the row of repeated figures.

    ``against`` holds what was measured beside each of ``ours``; the ratio is the median of the pairs' ratios.
    ``tried`` says what was tried to meet the target, for the list of those that are missed.
    """
    ratios = [a / b for a, b in zip(ours, against, strict=True)] if against else []
    ratio = median(ratios) if ratios else None
    return Row(
        name=name,
        unit=unit,
        ours=median(ours),
        spread=(min(ours), max(ours)),
        against=median(against) if against else None,
        against_what=against_what,
        ratio=ratio,
        ratio_spread=(min(ratios), max(ratios)) if ratios else None,
        target=target.text(unit) if target else None,
        met=target.met(median(ours), ratio) if target else None,
        repeats=len(ours),
        note=note,
        reached=target.reached(median(ours), ratio, unit) if target else None,
        tried=tried,
        points=points,
    )


HEADING = (
    "Made by `python -m benchmarks`: medians over the repeats, and the lowest and highest of them. The "
    "number behind `dense` and `recorded` is the density: ticks per symbol and second, of 20 symbols."
)
PICTURE = "growth.png"
"""The file beside the tables that shows the rows with points."""
HEADER = ("what", "ours (lowest … highest)", "against", "ratio", "target", "met")


def cells(row: Row) -> tuple[str, ...]:
    """Return a row as the texts of a table."""
    return (
        row.name,
        f"{figure(row.ours)} {row.unit} ({_between(row.spread, figure)})",
        f"{figure(row.against)} {row.unit}: {row.against_what}" if row.against is not None else "",
        f"{row.ratio:.2f} ({_between(row.ratio_spread, '{:.2f}'.format)})" if row.ratio_spread else "",
        row.target or "",
        {True: "yes", False: "NO", None: ""}[row.met],
    )


def _between(spread: tuple[float, float], text: Callable[[float], str]) -> str:
    return " … ".join(map(text, spread))


def markdown(rows: Sequence[Row], facts: dict[str, Any]) -> str:
    """Return the table, its notes, the curves' picture, the machine, and what was missed as Markdown."""
    lines = ["# Benchmarks", "", HEADING, ""]
    lines += [_line(HEADER), _line(["---"] * len(HEADER)), *(_line(cells(row)) for row in rows), ""]
    lines += [f"- {row.name}: {row.note}" for row in rows if row.note] + [""]
    lines += [f"![Cost against size]({PICTURE})", ""] if any(row.points for row in rows) else []
    lines += [f"{name}: {value}  " for name, value in facts.items()]
    lines += ["", "## Missed", "", *_missed(rows)]
    return "\n".join(lines).rstrip() + "\n"


def _missed(rows: Sequence[Row]) -> list[str]:
    """Return a line for each target that was missed: how far, what is known of it, what was tried."""
    return [_how_far(row) for row in rows if row.met is False] or ["No target."]


def _how_far(row: Row) -> str:
    more = [row.note, f"tried: {row.tried}" if row.tried else ""]
    return "; ".join([f"- {row.name}: {row.reached} instead of {row.target}", *filter(None, more)])


def _line(texts: Sequence[str]) -> str:
    return f"| {' | '.join(texts)} |"
