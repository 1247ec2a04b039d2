"""What is left after the chaos, judged twice: by the independent verifier, and by a replay in one go."""

from __future__ import annotations

from pathlib import Path

from connectors import start_values
from connectors.kafka.topics import tick_topics
from connectors.recording.recorder import record
from connectors.recording.shard_recorder import Window
from connectors.settings import Settings
from flows.chaos.outcome import Bytes
from flows.replay.running import compare
from verifier.reading import Reader
from verifier.report import Report
from verifier.rules import Rules
from verifier.run import check
from verifier.shards import histories, shards


def verified(settings: Settings) -> Report:
    """Return what the verifier says, which shares no code with the product."""
    spec = start_values.spec(settings)
    rules = Rules(
        grace_ms=settings.grace_ms,
        disorder_ms=settings.disorder_ms,
        max_skew_ms=settings.max_skew_ms,
        symbol_ttl_s=settings.symbol_ttl_s,
        max_symbols=spec.max_symbols,
        horizon_s=spec.horizon_s,
        warn_after_s=spec.staleness.warn_s,
        fallback_after_s=spec.staleness.fallback_s,
        models=spec.models,
    )
    with Reader(settings.kafka_bootstrap) as reader:
        every = shards(reader, list(tick_topics(settings)))
        return check(histories(reader, every, settings.topic_suffix), rules)


def replayed(settings: Settings, folder: Path) -> Bytes:
    """Record the run and return how many of its records a replay has otherwise."""
    recording = record(settings, start_values.spec(settings), folder, Window(None, None), lambda _: _unheard)
    found = compare(folder, recording, _unheard).values()
    compared = sum(one.recorded for one in found)
    return Bytes(compared, compared - sum(one.equal for one in found))


def _unheard(_: int) -> None:
    pass
