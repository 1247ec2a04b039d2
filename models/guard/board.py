"""What every metric is at present: the last sample of each, and when it was taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from models.rules.evaluate import Sample
from models.rules.metrics import scope_of

STANDS_S = 3_600
"""An older sample says nothing about the present; drift tells every 15 minutes, calibration every five."""


class Board:
    """The last sample by metric and scope key; state is plain data."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        rows = saved["samples"] if saved else []
        self._found = {(row[1], row[2]): (row[0], Sample(*row[1:])) for row in rows}

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {"samples": [[second, *sample] for second, sample in self._found.values()]}

    def put(self, second: int, samples: Iterable[Sample]) -> None:
        """Take in the samples of a second."""
        for sample in samples:
            self._found[sample.metric, sample.scope_key] = second, sample

    def of(self, metric: str, scope: str, second: int) -> list[Sample]:
        """Return what a metric is of each thing of a scope, without what is too old to be said."""
        return [
            sample
            for (name, key), (at, sample) in sorted(self._found.items())
            if name == metric and scope_of(key) == scope and second - at <= STANDS_S
        ]

    def of_all(self, second: int) -> list[Sample]:
        """Return everything that is measured of all together, and was at this second."""
        found = sorted(self._found.items())
        return [sample for (_, key), (at, sample) in found if key == "all" and at == second]
