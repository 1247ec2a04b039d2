"""What one look at k symbols saw: the distances of all windows, and the levels they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from models.monitor.drift.findings import FeatureLevel, WindowLevels
from models.monitor.drift.ladder import LEVELS
from models.monitor.drift.limits import Limits
from models.monitor.drift.looks import AGAINST, COMPARING, DISTANCE, LOOKED, PREVIOUS
from models.ticks import Bools, Floats, Ints

TOP = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """One window of k symbols; distances (k, F) are NaN where the window has too few rows."""

    rows: Ints  # (k,)
    enough: Bools  # (k,)
    distances: tuple[Floats, Floats]  # PSI and KS
    levels: tuple[Ints, Ints]  # (k, F) each


class Worst(NamedTuple):
    """The value that made a level."""

    feature: int
    window: str
    value: float
    limit: float | None
    days: float | None


@dataclass(frozen=True, slots=True)
class Look:
    """All windows of one look."""

    windows: Mapping[str, Seen]  # by ``KEYS``
    limits: Limits
    level: Ints  # (k, detectors)
    known: Bools  # (k, detectors)

    def greatest(self) -> Floats:
        """Return the greatest PSI and KS against training, (k, F, 2)."""
        seen = [np.stack(self.windows[key].distances, axis=-1) for key in AGAINST]
        return np.asarray(np.fmax.reduce(seen))

    def worst(self, place: int, detector: int) -> Worst | None:
        """Return the value farthest from what is usual among the highest levels of a detector."""
        keys, distance = LOOKED[COMPARING[detector]], DISTANCE[COMPARING[detector]]
        found = [
            (*one, key)
            for key in keys
            if self.windows[key].enough[place]
            for one in self._ranked(key, place, distance)
        ]
        if not found:
            return None
        _, _, feature, key = max(found, key=lambda one: one[:2])
        values = self.windows[key].distances[distance][place]
        limit = float(self.limits.at[key][distance][feature])
        days = self.limits.days(key, values, distance)[feature]
        return Worst(feature, key, float(values[feature]), _finite(limit), days)

    def _ranked(self, key: str, place: int, distance: int) -> list[tuple[int, float, int]]:
        seen = self.windows[key]
        far = self.limits.standardised(key, seen.distances[distance][place], distance)
        level = seen.levels[distance][place]
        judged = np.flatnonzero(np.isfinite(self.limits.at[key][distance])).tolist()
        return [(int(level[f]), float(far[f]), f) for f in judged]

    def levels(
        self, names: Sequence[str], place: int
    ) -> tuple[dict[str, WindowLevels], WindowLevels, tuple[str, ...]]:
        """Return windows against training, the window against the one before, and the top features."""
        found = {key: self._window(names, key, place) for key in (*AGAINST, PREVIOUS)}
        longest = max((k for k in AGAINST if self.windows[k].enough[place]), key=int, default=None)
        features = found[longest].features if longest else {}
        top = sorted(features, key=lambda name: -features[name].psi)[:TOP]
        return {key: found[key] for key in AGAINST}, found[PREVIOUS], tuple(top)

    def _window(self, names: Sequence[str], key: str, place: int) -> WindowLevels:
        seen = self.windows[key]
        if not seen.enough[place]:
            return WindowLevels(int(seen.rows[place]), True, {})
        limits = self.limits.at[key]
        values = [one[place].tolist() for one in seen.distances]
        days = self.limits.days(key, seen.distances[0][place])
        level = np.maximum(*seen.levels)[place].tolist()
        features = {
            name: FeatureLevel(
                psi=values[0][f],
                ks=values[1][f],
                psi_limit=_finite(float(limits.psi[f])),
                ks_limit=_finite(float(limits.ks[f])),
                expected_days=days[f],
                level=LEVELS[level[f]],
            )
            for f, name in enumerate(names)
        }
        return WindowLevels(int(seen.rows[place]), False, features)


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
