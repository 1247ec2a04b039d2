"""Whether a start would find its state, and whether it could do without it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from connectors import start_values
from connectors.kafka.clients import consumer
from connectors.kafka.reading import ends
from connectors.kafka.topics import JOURNAL, output, shards, share
from connectors.recovery import store
from connectors.recovery.folder import MANIFEST, RUNNING, STORE
from connectors.recovery.manifest import read
from connectors.settings import Settings
from flows.finding import BAD, OK, WARN, Finding
from flows.recovering import folder_of, manifest_of

RESET = "go back to what it was, or levibot recover reset"


def recovery_finding(config: Settings) -> Finding:
    """Look into this instance's recovery folder."""
    path = folder_of(config)
    if not (path / MANIFEST).exists():
        return Finding("recovery", OK, f"no state in {path}: the next start rebuilds it")
    every = shards(config)
    ours = manifest_of(config, start_values.spec(config), every, share(every, config))
    differences = ours.differences(read(path / MANIFEST))
    if differences:
        return Finding("recovery", BAD, "; ".join(differences), RESET)
    rows = store.snapshots(path / STORE)
    end = "in use, or not stopped cleanly" if (path / RUNNING).exists() else "stopped cleanly"
    size = sum(len(row.pickled or b"") for row in rows)
    return Finding("recovery", OK, f"{len(rows)} snapshots, {size / 1e3:,.0f} kB, {end}")


def history_findings(config: Settings) -> Iterator[Finding]:
    """Look whether ticks and journal reach back far enough to rebuild what the folder holds."""
    journal = output(JOURNAL, config)
    with closing(consumer(config.kafka_bootstrap)) as client:
        for shard in shards(config):
            low, _ = ends(client, journal, shard.number)
            ticks, _ = ends(client, shard.topic, shard.partition)
            if low or ticks:
                yield Finding(
                    f"history {shard.key}",
                    WARN,
                    f"retention has deleted {ticks} ticks and {low} journal entries",
                    "keep the recovery folder: a rebuild would need --accept-gap",
                )
