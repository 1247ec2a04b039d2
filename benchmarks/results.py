"""Result rows: repeated figures as median, spread and ratio.

``results.json`` is one object:

- ``machine``: processor, cores, system, and versions by name; ``broker``: which; ``quick``: whether the sizes
  were small, so that the figures only show that it runs;
- ``failed``: by the name of a benchmark that failed, why; it has no rows;
- ``rows``: a list of objects, one for each line of the table, with at least ``name``, ``ours``, ``against``
  (what was measured beside it, null for nothing), ``ratio`` (ours to that), ``target`` (in words, null for
  none) and ``met`` (null without a target). The rest are the fields of ``Row``: ``unit`` is that of ``ours``
  and ``against``, ``reached`` stands against the target in its words, ``points`` are pairs of size and cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from benchmarks.figures import Target, figure, percentile

__all__ = ["Row", "Target", "figure", "percentile", "row"]


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
    points: tuple[tuple[float, float], ...] = (),
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
        reached=target.reached(median(ours), ratio, unit) if target else None,
        points=points,
    )
