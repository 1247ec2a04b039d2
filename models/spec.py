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
    """Ladder of the age of a symbol's last trade, in seconds."""

    warn_s: float = 30.0
    fallback_s: float = 60.0


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
    models: tuple[str, ...] = ("stub-sine", "ml-fusion", "river-logistic", "ensemble")
    features_version: str = FEATURES_VERSION
    features: str = FINGERPRINT

    def fingerprint(self) -> str:
        """Return the SHA-256 of the canonical JSON of this value, 64 hex digits."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
