"""What the calibration of each model comes to in one window: on each symbol, and over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from models.monitor.lines.pooling import pooled

Plain = dict[str, Any]

NOTHING: Plain = {"said": 0, "n": 0}
"""The figures of a window of which nothing is known."""


class CalibrationLine(NamedTuple):
    """The figures of a model on a symbol, or over ``symbols`` of them where ``symbol`` is None."""

    model: str
    reference: str
    symbol: str | None
    venue: str | None
    symbols: int
    ts: int
    figures: Plain

    @property
    def ece(self) -> Plain:
        """Return the error of equal width with its floor, limit and interval; empty where there is none."""
        return self.figures.get("ece") or {}

    def above(self, threshold: float) -> bool:
        """Return whether the ECE is above a threshold, and above what a calibrated model would show."""
        value, limit = self.ece.get("value"), self.ece.get("limit")
        return value is not None and limit is not None and value > max(threshold, limit)

    def as_dict(self) -> Plain:
        """Return it JSON-ready."""
        return self._asdict()


def calibration_lines(records: Iterable[Plain], window: str) -> list[CalibrationLine]:
    """Return a line for each record, and behind those of a model the one over all its symbols."""
    found = groupby((_line(record, window) for record in records), key=lambda line: line.reference)
    return [line for _, group in found for line in _with_pooled(list(group))]


def _line(record: Plain, window: str) -> CalibrationLine:
    who = {field: record[field] for field in ("model", "reference", "symbol", "venue", "ts")}
    figures = (record.get("windows") or {}).get(window) or NOTHING
    return CalibrationLine(**who, symbols=1, figures=figures)


def _with_pooled(lines: list[CalibrationLine]) -> Iterator[CalibrationLine]:
    yield from lines
    figures = pooled([line.figures for line in lines])
    ts = max(line.ts for line in lines)
    yield lines[0]._replace(symbol=None, venue=None, symbols=len(lines), ts=ts, figures=figures)
