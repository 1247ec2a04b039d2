"""A run on the configured topics, accounted for by the verifier that shares no code with the product."""

from __future__ import annotations

from connectors import start_values
from connectors.kafka.security import security
from connectors.kafka.topics import tick_topics
from connectors.settings import Settings
from verifier.reading import Reader
from verifier.report import Report
from verifier.rules import Rules
from verifier.run import check
from verifier.shards import histories, shards


def verified(settings: Settings, *, complete: bool) -> Report:
    """Return what the verifier finds; ``complete`` as in ``verifier.run.check``.

    Raises ``ReadingError`` where a topic cannot be read.
    """
    topics = tick_topics(settings)
    with Reader(settings.kafka_bootstrap, security=security(settings.kafka_bootstrap)) as reader:
        every = shards(reader, list(topics))
        return check(histories(reader, every, settings.topic_suffix), _rules(settings), complete=complete)


def _rules(settings: Settings) -> Rules:
    spec = start_values.spec(settings)
    codecs = set(tick_topics(settings).values())
    return Rules(
        grace_ms=settings.grace_ms,
        disorder_ms=settings.disorder_ms,
        max_skew_ms=settings.max_skew_ms,
        symbol_ttl_s=settings.symbol_ttl_s,
        max_symbols=spec.max_symbols,
        horizon_s=spec.horizon_s,
        warn_after_s=spec.staleness.warn_s,
        fallback_after_s=spec.staleness.fallback_s,
        feature_warn_after_s=spec.staleness.feature_warn_s,
        feature_crit_after_s=spec.staleness.feature_crit_s,
        outcome_max_age_s=spec.outcome_max_age_s,
        models=spec.models,
        codec=codecs.pop() if len(codecs) == 1 else "auto",
    )
