"""Recorded runs that hold given records of the monitors, and the commands that read them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import typer
from click.testing import Result
from typer.testing import CliRunner

from connectors.recording.manifest import FORMAT, RecordedShard, Recording
from connectors.recording.parts import PartWriter
from connectors.recording.rows import OUTPUTS, Output, output_row
from connectors.settings import settings
from flows.commands.calibration import calibration
from flows.commands.drift import drift
from flows.commands.snapshot_audit import snapshot_audit
from models.spec import Spec
from tests.monitoring.monitor_records import Plain

app = typer.Typer()
app.command("calibration")(calibration)
app.command("drift")(drift)
app.command("audit")(snapshot_audit)


def levibot(*args: object) -> Result:
    """Run one of the commands, under the environment of now."""
    settings.cache_clear()
    try:
        return CliRunner().invoke(app, [str(one) for one in args])
    finally:
        settings.cache_clear()


def told(*args: object, code: int = 0) -> Any:
    """Return what a command says with --json."""
    result = levibot(*args, "--json")
    assert result.exit_code == code, result.output
    return orjson.loads(result.stdout)


def recorded_run(folder: Path, topics: dict[str, list[list[Plain]]]) -> Path:
    """Write a recording that holds these records by topic and shard, in files of ten rows."""
    shards = max(len(found) for found in topics.values())
    folder.mkdir(exist_ok=True)
    recording = Recording(
        format=FORMAT, app="levibot of the tests", fingerprint=Spec().fingerprint(), spec=asdict(Spec()),
        ticks={"ticks": "auto"}, topics={topic: topic for topic in topics},
        shards=[_shard(folder, number, topics) for number in range(shards)],
    )  # fmt: skip
    recording.write(folder)
    return folder


def _shard(folder: Path, number: int, topics: dict[str, list[list[Plain]]]) -> RecordedShard:
    counts: dict[str, int] = {}
    for topic, shards in topics.items():
        records = shards[number] if number < len(shards) else []
        writer = PartWriter(folder, f"outputs-{topic}-{number:04d}", OUTPUTS, rows=10)
        for place, body in enumerate(records):
            one = Output(topic, number, place, place, 0, b"", orjson.dumps(body), ())
            writer.put(output_row(one))
        writer.close()
        counts[topic] = len(records)
    return RecordedShard(topic="ticks", partition=number, number=number, outputs=counts)
