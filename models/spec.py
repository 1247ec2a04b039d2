"""The frozen configuration of a shard's stages and its fingerprint.

Two runs with the same fingerprint over the same ticks and journal publish the same bytes; a change of
anything in here is a change of the product's output and needs the upgrade path, not a restart.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field

from models.market.schema import FEATURES_VERSION, FINGERPRINT

SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Staleness:
    """Ladders in seconds: of the age of a symbol's last trade, and of its last five-second bar with one."""

    warn_s: float = 30.0
    fallback_s: float = 60.0
    feature_warn_s: float = 900.0
    feature_crit_s: float = 1_800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerLimits:
    """A model's breaker opens where over ``share`` of its last ``rows`` answers were errors."""

    share: float = 0.05
    rows: int = 200
    half_open_after_s: int = 30  # of log time


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorLimits:
    """What is declared of alarms, and where the levels of a PSI begin."""

    false_alarms_per_day: float = 1.0
    pairs: int = 10  # of model and symbol, which share that rate
    watch: float = 0.15
    alert: float = 0.25
    kill: float = 0.3
    rarity: float = 0.0001  # how often a calibrated model passes its ECE's limit, at one look


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """Everything that shapes the output, times in nanoseconds unless the name says seconds."""

    disorder: int = 0
    grace: int = SECOND
    max_skew: int = 5 * SECOND
    symbol_ttl_s: int = 3_600
    max_symbols: int = 4_096
    horizon_s: int = 60
    outcome_max_age_s: float = 5.0
    staleness: Staleness = field(default_factory=Staleness)
    breaker: BreakerLimits = field(default_factory=BreakerLimits)
    monitors: MonitorLimits = field(default_factory=MonitorLimits)
    models: tuple[str, ...] = ("stub-sine", "ml-fusion", "river-logistic", "ensemble")
    features_version: str = FEATURES_VERSION
    features: str = FINGERPRINT

    def fingerprint(self) -> str:
        """Return the SHA-256 of the canonical JSON of this value, 64 hex digits."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
