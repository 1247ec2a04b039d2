"""The calibration residual p - y of a model, watched by ADWIN: one a horizon, so that none overlap.

ADWIN (Bifet, Gavalda: Learning from time-changing data with adaptive windowing, SDM 2007) errs with at most
its delta at each check if values are independent and lie in [0, 1]; a residual of all symbols together, one a
horizon, is halved and moved there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from models.market.block import DOWN, UP
from models.monitor.bucket import BUCKET_S, Answered
from models.ticks import Floats

CLOCK = 32
"""Residuals between two checks."""
KEPT = 1_000
"""Residuals that a detector is built of again when it has had twice as many."""
QUIET = 360
"""Residuals without another change that end an episode: six hours of a horizon of a minute."""

_UNIT = 2.0**40


def residuals(answered: Answered, start: int, horizon_s: int) -> Floats:
    """Return the mean of p - y over symbols, one value a horizon, NaN without an outcome.

    Taken at the bucket's seconds that the horizon divides: windows that follow one another.
    """
    second = np.arange(start, start + BUCKET_S)
    own = answered.prob.shape[1] - BUCKET_S + np.flatnonzero(second % horizon_s == 0)
    prob, outcome = answered.prob[:, own], answered.outcome[:, own]
    known = np.isfinite(prob) & ((outcome == UP) | (outcome == DOWN))
    # whole numbers, so that the order of the symbols does not matter
    apart = np.rint(np.where(known, prob - (outcome == UP), 0.0) * _UNIT).astype(np.int64)
    count = known.sum(axis=0)
    return np.asarray(np.where(count, apart.sum(axis=0) / _UNIT / np.maximum(count, 1), np.nan))


class Shift(NamedTuple):
    """A change of the mean residual: ``value`` since it came, ``before`` it; ended where ``over``."""

    over: bool
    before: float | None
    value: float | None


class Residuals:
    """ADWIN over residuals; its state is what it was given, at most ``2 * KEPT`` numbers, given again."""

    def __init__(self, delta: float, saved: Mapping[str, Any] | None = None) -> None:
        self._delta = delta
        self._given: list[float] = []
        self._quiet = int(saved["quiet"]) if saved else -1  # -1: no episode
        self._adwin = self._new()
        for value in saved["given"].tolist() if saved else ():
            self._given.append(value)
            self._adwin.update(value)

    def _new(self) -> Any:
        # River's ADWIN is a thin cover of this; to import it loads SciPy and scikit-learn, for two seconds
        from river._river_rust.drift import AdaptiveWindowing  # noqa: PLC0415

        return AdaptiveWindowing(
            delta=self._delta, clock=CLOCK, max_buckets=5, min_window_length=5, grace_period=10
        )

    @property
    def open(self) -> bool:
        """Return whether an episode is open."""
        return self._quiet >= 0

    def update(self, residual: float) -> Shift | None:
        """Take a residual p - y; return what it changed."""
        before = self._mean()
        self._given.append((residual + 1.0) / 2.0)
        if self._adwin.update(self._given[-1]):
            shift = None if self.open else Shift(False, before, self._mean())
            self._begin([], quiet=0)
            return shift
        if len(self._given) >= 2 * KEPT:
            self._begin(self._given[-KEPT:], self._quiet)
        return self._calmed()

    def _calmed(self) -> Shift | None:
        if not self.open:
            return None
        self._quiet += 1
        if self._quiet < QUIET:
            return None
        self._quiet = -1
        return Shift(True, None, self._mean())

    def _begin(self, given: list[float], quiet: int) -> None:
        self._given, self._quiet, self._adwin = [], quiet, self._new()
        for value in given:
            self._given.append(value)
            self._adwin.update(value)

    def _mean(self) -> float | None:
        width = self._adwin.get_width()
        return 2.0 * self._adwin.get_total() / width - 1.0 if width else None

    def snapshot(self) -> dict[str, Any]:
        """Return what was given since the detector began."""
        return {"given": np.array(self._given), "quiet": self._quiet}
