"""How well the model was calibrated and how far the market drifted, hour by hour, as the monitors see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from models.desk.desk import Desk
from models.judge.outcomes import PUBLISHED, Outcomes
from models.judge.panel import Scores
from models.judge.voices import Voices
from models.market.block import Block, Closed
from models.monitor.bucket import Bucket
from models.monitor.calibration.calibration import Calibration
from models.monitor.drift.declared import Declared
from models.monitor.drift.drift import Drift
from models.monitor.drift.findings import Finding, Levels
from models.monitor.drift.ladder import Ladder
from models.monitor.drift.residuals import residuals
from models.monitor.recent import Recent
from models.monitor.trained import drift_reference
from models.scoring.model import Model
from models.spec import SECOND, Spec

HOUR_S = 3_600


class CalibrationPoint(NamedTuple):
    """A symbol's last hour: the model's ECE, and the one that a perfect model would show by chance."""

    symbol: str  # venue:name
    ts: int  # end, ns
    n: int
    ece: float
    floor: float
    brier: float


class DriftPoint(NamedTuple):
    """A symbol's last hour against the training: the feature that moved most."""

    symbol: str  # venue:name
    ts: int  # end, ns
    worst_psi: float
    feature: str


class Watching:
    """Watches the active model of a desk that does not change."""

    def __init__(
        self, spec: Spec, desk: Desk, models: Mapping[str, Model], saved: Mapping[str, Any] | None = None
    ) -> None:
        saved = saved or {}
        self._desk, self._horizon = desk, spec.horizon_s
        self._voices = Voices(models, spec.horizon_s)
        self._outcomes = Outcomes(spec.horizon_s, saved.get("outcomes"))
        binning, version = self._voices.binning, self._voices.version
        self._recent = Recent(spec.horizon_s, binning, version, saved.get("recent"))
        limits = spec.monitors
        self._calibration = Calibration(spec.horizon_s, saved.get("calibration"), limits.rarity)
        self._drift = Drift(
            drift_reference(models, desk.model),
            Declared(limits.false_alarms_per_day, limits.pairs),
            spec.horizon_s,
            saved.get("drift"),
            Ladder(limits.watch, limits.alert, limits.kill),
        )

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data and arrays."""
        return {
            "outcomes": self._outcomes.snapshot(),
            "recent": self._recent.snapshot(),
            "calibration": self._calibration.snapshot(),
            "drift": self._drift.snapshot(),
        }

    @property
    def counts(self) -> dict[str, int]:
        """Return how many predictions met an outcome, and of which kind."""
        return dict(self._outcomes.counts)

    def write(self, block: Block, scores: Scores) -> None:
        """Note what was said of a block's rows, and what became of what was said before."""
        said = self._voices.said(scores, self._desk)
        met = self._outcomes.meet(block, {PUBLISHED: scores.prob, **said})
        del met[PUBLISHED]
        self._recent.write(block, scores.parts, met, said, self._desk.bundles)

    def closed(self, closed: Closed) -> Iterator[CalibrationPoint | DriftPoint]:
        """Yield what the hours show that an input closed."""
        for expired in closed.expired:
            self._outcomes.forget(expired.code)
        for bucket in self._recent.closed(closed):
            yield from self._bucket(bucket)

    def _bucket(self, bucket: Bucket) -> Iterator[CalibrationPoint | DriftPoint]:
        answered = bucket.answers.get(self._desk.model)
        if answered is None:
            self._calibration.advance(bucket.end)
            return
        keys = [":".join(symbol) for symbol in bucket.symbols]
        self._calibration.fold(bucket.start, keys, answered, bucket.realised, bucket.rows, bucket.parts)
        apart = residuals(answered, bucket.start, self._horizon)
        found = self._drift.fold(bucket.start, keys, bucket.drift.get(self._desk.model), apart)
        if bucket.end % HOUR_S == 0:
            yield from self._calibrated(keys, bucket.end)
            yield from filter(None, map(_worst, found))

    def _calibrated(self, keys: list[str], end: int) -> Iterator[CalibrationPoint]:
        for key in keys:
            hour = self._calibration.figures(key, "1h")
            if hour is not None and hour["ece"] is not None and hour["brier"] is not None:
                ece = hour["ece"]
                brier = hour["brier"]["value"]
                yield CalibrationPoint(key, end * SECOND, hour["n"], ece["value"], ece["floor"], brier)


def _worst(finding: Finding) -> DriftPoint | None:
    """Return the feature that moved most in the last hour, None where too few rows or another finding."""
    hour = finding.windows.get(str(HOUR_S)) if isinstance(finding, Levels) else None
    if hour is None or hour.insufficient_data or not hour.features:
        return None
    feature = max(hour.features, key=lambda name: hour.features[name].psi)
    assert isinstance(finding, Levels)
    return DriftPoint(finding.symbol, finding.end * SECOND, hour.features[feature].psi, feature)
