"""The settings of the run that is checked, as far as they decide what it must publish."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

SECOND = 1_000_000_000
"""Nanoseconds."""
MS = 1_000_000

FALLBACK = "stub-sine"
"""The model that answers where the active one may not."""
LEARNER, ENSEMBLE = "river-logistic", "ensemble"
"""The model that learns in the stream, and the mean of what its members say."""

SIGNALS, PREDICTIONS, FEATURES = "signals", "predictions", "features"
STALENESS, FALLBACKS, PROGRESS, DLQ = "staleness", "fallback", "progress", "dlq"
AUDIT, CALIBRATION, DRIFT = "audit", "calibration", "drift"
TOPICS = (
    SIGNALS, PREDICTIONS, FEATURES, STALENESS, FALLBACKS, PROGRESS, DLQ, AUDIT, CALIBRATION, DRIFT,
)  # fmt: skip
"""Every output topic, by the name without its suffix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The settings of a run; defaults are those of the product."""

    grace_ms: int = 1_000
    disorder_ms: int = 0
    max_skew_ms: int = 5_000
    symbol_ttl_s: int = 3_600
    max_symbols: int = 4_096
    horizon_s: int = 60
    warn_after_s: float = 30.0
    """A symbol whose last trade is older is stale at the level warn."""
    fallback_after_s: float = 60.0
    """And at the level crit, where the fallback model answers."""
    feature_warn_after_s: float = 900.0
    """A symbol whose last bar with a trade ended longer ago has stale features at the level warn."""
    feature_crit_after_s: float = 1_800.0
    """And at the level crit."""
    outcome_max_age_s: float = 5.0
    """A prediction has no outcome where the last trade is older, when it is made or one horizon later."""
    models: tuple[str, ...] = (FALLBACK, "ml-fusion")
    """Models that can be selected; a ``model.select`` of another one changes nothing."""
    codec: str = "auto"
    """How tick records are read: ``auto``, ``canonical`` or ``binance``; another codec's are not judged."""


def record_id(kind: str, symbol: str, end: int, *more: object) -> str:
    """Return the id of a record about ``venue:NAME`` and the window that ends at ``end`` (ns)."""
    text = "\x1f".join((kind, symbol, str(end), *map(str, more)))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
