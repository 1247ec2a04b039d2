"""Result rows: repeated figures as median, spread and ratio, and the tables made of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A bound on the ratio, or on our own figure."""

    bound: float
    of: str = "ratio"  # or "ours"
    at_least: bool = True

    def met(self, ours: float, ratio: float | None) -> bool:
        """Return whether the figure is inside the bound."""
        value = ours if self.of == "ours" else ratio
        assert value is not None, "a target on a ratio needs something to compare with"
        return value >= self.bound if self.at_least else value <= self.bound

    def text(self, unit: str) -> str:
        """Return the bound for people."""
        sign = "≥" if self.at_least else "≤"
        return (
            f"{sign} {self.bound:.2f} of it" if self.of == "ratio" else f"{sign} {figure(self.bound)} {unit}"
        )


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
) -> Row:
    """Return the row of repeated figures.

    ``against`` holds what was measured beside each of ``ours``; the ratio is the median of the pairs' ratios.
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
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` of the values do not exceed."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def figure(value: float) -> str:
    """Return a number with as many digits as say something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


HEADING = (
    "Made by `python -m benchmarks`: medians over the repeats, and the lowest and highest of them. The "
    "number behind `dense` and `recorded` is the density: ticks per symbol and second, of 20 symbols."
)
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
    """Return the table, its notes and the machine as Markdown."""
    lines = ["# Benchmarks", "", HEADING, ""]
    lines += [_line(HEADER), _line(["---"] * len(HEADER)), *(_line(cells(row)) for row in rows), ""]
    lines += [f"- {row.name}: {row.note}" for row in rows if row.note] + [""]
    lines += [f"{name}: {value}  " for name, value in facts.items()]
    return "\n".join(lines).rstrip() + "\n"


def _line(texts: Sequence[str]) -> str:
    return f"| {' | '.join(texts)} |"
