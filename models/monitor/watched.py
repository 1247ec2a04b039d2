"""One model as Monitor watches it: its calibration and its drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from models.monitor.bucket import Bucket
from models.monitor.calibration.calibration import Calibration
from models.monitor.calibration.shapes import Figures, TallyBody
from models.monitor.drift.declared import Declared
from models.monitor.drift.drift import Drift
from models.monitor.drift.findings import Finding
from models.monitor.drift.ladder import Ladder
from models.monitor.drift.reference import DriftReference
from models.monitor.drift.residuals import residuals


class Calibrated(NamedTuple):
    """A symbol's newest bucket, last hour and last day; None where nothing was said in it."""

    bucket: TallyBody | None
    hour: Figures | None
    day: Figures | None


class Watched:
    """Folds buckets; true as long as there is something to tell of the last day."""

    def __init__(
        self,
        horizon_s: int,
        reference: DriftReference | None,
        declared: Declared,
        ladder: Ladder,
        rarity: float,
        saved: Mapping[str, Any] | None = None,
    ) -> None:
        saved = saved or {}
        self._horizon = horizon_s
        self._reference, self._declared, self._ladder = reference, declared, ladder
        self._calibration = Calibration(horizon_s, saved.get("calibration"), rarity)
        self._drift = Drift(reference, declared, horizon_s, saved.get("drift"), ladder)

    def __bool__(self) -> bool:
        return bool(self._calibration.keys)

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data and arrays."""
        return {"calibration": self._calibration.snapshot(), "drift": self._drift.snapshot()}

    def compare_with(self, reference: DriftReference | None) -> None:
        """Begin to watch for drift where the training was not known: its bundle was lost, and is back."""
        if self._reference is None and reference is not None:
            self._reference, saved = reference, self._drift.snapshot()
            self._drift = Drift(reference, self._declared, self._horizon, saved, self._ladder)

    def fold(self, model: str, bucket: Bucket) -> list[Finding]:
        """Take in a bucket, and return what it shows of drift."""
        answered, keys = bucket.answers[model], [":".join(symbol) for symbol in bucket.symbols]
        self._calibration.fold(bucket.start, keys, answered, bucket.realised, bucket.rows, bucket.parts)
        apart = residuals(answered, bucket.start, self._horizon)
        return self._drift.fold(bucket.start, keys, bucket.drift.get(model), apart)

    def calibrations(self, keys: Sequence[str]) -> list[Calibrated]:
        """Return the figures of symbols, ``venue:name``."""
        found = self._calibration.all_figures(keys)
        return [Calibrated(self._calibration.tally(k), found[k]["1h"], found[k]["24h"]) for k in keys]

    def advance(self, end: int) -> None:
        """Let log time pass to second ``end`` without a word of the model."""
        self._calibration.advance(end)
