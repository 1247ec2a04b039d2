"""The recovery folder of this instance of the signals flow, and what its state belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from connectors.kafka.topics import cluster_id, plans
from connectors.recovery.manifest import Manifest, app_version
from connectors.settings import Settings
from flows.signals import FLOW, STEPS
from models.judge.records import Shard
from models.spec import Spec


def folder_of(settings: Settings) -> Path:
    """Return this instance's folder, which depends on its number but not on how many there are."""
    return settings.recovery_dir / f"{FLOW}{settings.topic_suffix}" / str(settings.instance)


def manifest_of(settings: Settings, spec: Spec, every: Sequence[Shard], mine: Sequence[Shard]) -> Manifest:
    """Return the identity of this instance's state."""
    partitions = Counter(shard.topic for shard in every)
    return Manifest(
        app=app_version(),
        cluster=cluster_id(settings.kafka_bootstrap),
        steps=[FLOW, *STEPS],
        topics={plan.name: plan.partitions for plan in plans(settings, partitions)},
        shards=[f"{shard.key}={shard.number}" for shard in mine],
        instance=f"{settings.instance} of {settings.of}",
        spec=spec.fingerprint(),
    )
