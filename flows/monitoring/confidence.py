"""Periods in which the median confidence of a model stayed low."""

from __future__ import annotations

from statistics import median
from typing import Any, NamedTuple

from models.monitor.lines.selecting import NS

Plain = dict[str, Any]

GAP_S = 3_600
"""A longer time without a figure ends a period."""


class Period(NamedTuple):
    """The first and last figure below the limit, unix s, and the median of those between.

    ``cut`` tells that it begins with the first figure there is: it may have begun before.
    """

    start_s: int
    end_s: int
    confid: float
    cut: bool


class Confidence:
    """Collects the median confidence over an hour from calibration records, in any order."""

    def __init__(self) -> None:
        self._found: dict[str, dict[int, list[float]]] = {}

    def put(self, record: Plain) -> None:
        """Take a record in; one without a figure is passed over."""
        value = ((record.get("windows") or {}).get("1h") or {}).get("confid_median")
        if value is not None:
            series = self._found.setdefault(record["reference"], {})
            series.setdefault(record["ts"] // NS, []).append(value)

    def references(self) -> list[str]:
        """Return the models that there are figures of."""
        return sorted(self._found)

    def periods(self, reference: str, below: float, least_s: float) -> list[Period]:
        """Return the periods of at least ``least_s`` in which the median over symbols stayed below."""
        series = [(s, median(values)) for s, values in sorted(self._found[reference].items())]
        runs: list[list[tuple[int, float]]] = [[]]
        for second, value in series:
            if runs[-1] and second - runs[-1][-1][0] > GAP_S:
                runs.append([])
            if value < below:
                runs[-1].append((second, value))
            elif runs[-1]:
                runs.append([])
        return [_period(run, series[0][0]) for run in runs if run and run[-1][0] - run[0][0] >= least_s]


def _period(run: list[tuple[int, float]], first: int) -> Period:
    start = run[0][0]
    return Period(start, run[-1][0], median(value for _, value in run), start == first)
