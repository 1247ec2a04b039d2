"""Calibration of one model on the symbols of a shard, bucket by bucket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from models.monitor.bucket import BUCKET_S, Answered
from models.monitor.calibration.figures import figures_of, tally_body
from models.monitor.calibration.floor import RARITY
from models.monitor.calibration.shapes import Figures, TallyBody
from models.monitor.calibration.tally import PARTS, Tally, tallies
from models.monitor.calibration.window import Windows
from models.ticks import Floats, Ints

Window = Literal["1h", "24h"]
WINDOWS: tuple[Window, ...] = ("1h", "24h")


class Calibration:
    """Windows by symbol key, ``venue:name``. A symbol of which nothing was said for a day is forgotten."""

    def __init__(
        self, horizon_s: int, saved: Mapping[str, Any] | None = None, rarity: float = RARITY
    ) -> None:
        self._horizon = horizon_s
        self._rarity = rarity
        kept = saved or {"start": None, "symbols": {}}
        self._start: int | None = kept["start"]  # of the newest bucket
        self._windows = {key: Windows(one) for key, one in kept["symbols"].items()}

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the symbols known, in order of appearance."""
        return tuple(self._windows)

    def fold(
        self,
        start: int,
        keys: Sequence[str],
        answered: Answered,
        realised: Floats,
        rows: Ints | None = None,
        parts: Ints | None = None,
    ) -> None:
        """Take in a bucket of k symbols; ``realised``, ``rows`` and ``parts`` are the bucket's.

        Raises ValueError unless it is newer than the one before, starts where buckets do, and its columns
        fit the horizon.
        """
        self._check(start, keys, answered)
        self._start = start
        said = np.isfinite(answered.prob[:, self._horizon :]).any(axis=1)
        if said.any():  # the fallback, as a rule, says nothing
            k = len(keys)
            found = tallies(
                answered,
                realised,
                self._horizon,
                np.zeros(k, dtype=np.int64) if rows is None else rows,
                np.zeros((k, PARTS), dtype=np.int64) if parts is None else parts,
            )
            for place in np.flatnonzero(said).tolist():
                self._windows.setdefault(keys[place], Windows()).add(start, found[place])
        self._advance(start + BUCKET_S)

    def advance(self, end: int) -> None:
        """Let log time pass to second ``end``, a multiple of ``BUCKET_S``, without a bucket of this model."""
        self._start = max(end - BUCKET_S, self._start or 0)
        self._advance(end)

    def tally(self, key: str) -> TallyBody | None:
        """Return the newest bucket's counts of a symbol, None where nothing was said in it."""
        row = self._windows[key].bucket(self._start or 0) if key in self._windows else None
        return None if row is None else tally_body(Tally(row))

    def figures(self, key: str, window: Window) -> Figures | None:
        """Return a window's figures of a symbol, None where nothing was said in it."""
        return self.all_figures([key])[key][window]

    def all_figures(self, keys: Sequence[str]) -> dict[str, dict[Window, Figures | None]]:
        """Return the figures of these symbols in both windows, None where nothing was said."""
        known = [key for key in keys if key in self._windows]
        tallies_ = [
            Tally(row)
            for windows in (self._windows[key] for key in known)
            for row in (windows.last_hour, windows.last_day)
        ]
        found = iter(figures_of(tallies_, self._rarity))
        by_key: dict[str, dict[Window, Figures | None]] = {
            key: {"1h": next(found), "24h": next(found)} for key in known
        }
        return {key: by_key.get(key, {"1h": None, "24h": None}) for key in keys}

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {
            "start": self._start,
            "symbols": {key: windows.snapshot() for key, windows in self._windows.items()},
        }

    def _advance(self, end: int) -> None:
        for windows in self._windows.values():
            windows.advance(end)
        self._windows = {key: windows for key, windows in self._windows.items() if windows}

    def _check(self, start: int, keys: Sequence[str], answered: Answered) -> None:
        if start % BUCKET_S or (self._start is not None and start <= self._start):
            raise ValueError(f"a bucket from {start} does not follow the one from {self._start}")
        wanted = (len(keys), self._horizon + BUCKET_S)
        if answered.prob.shape != wanted or answered.outcome.shape != wanted:
            raise ValueError(
                f"columns of {answered.prob.shape} and {answered.outcome.shape} instead of {wanted}"
            )
