"""``levibot replay``: a recorded run through the same dataflow, from files into files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from flows.replay.bar import bar
from flows.replay.exits import expected


def replay(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What levibot record wrote.")],
    out: Annotated[
        Path | None, typer.Option(help="A new or empty folder for the result; else DIR/replayed.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the number of records as JSON.")] = False,
) -> None:
    """Publish a recorded run again, into Parquet files instead of topics.

    Needs neither broker nor settings: the configuration of the stages comes
    from the recording, and a version that cannot build it refuses. The
    files are replayed-TOPIC-SHARD-PART.parquet, with the columns of the
    recorded outputs.

    Exit codes: 0 replayed, 2 it could not be.
    """
    from connectors.recording.manifest import read  # noqa: PLC0415
    from flows.replay.running import replay as replay_run  # noqa: PLC0415

    target = out or folder / "replayed"
    with expected("replay"), bar("replay", visible=not as_json) as told:
        recording = read(folder)
        total = recording.rows("ticks") + recording.rows("journal")
        found = replay_run(folder, recording, target, told(total))
    if as_json:
        typer.echo(orjson.dumps({"out": str(target), "records": found}))
    else:
        typer.echo(f"{target}: " + ", ".join(f"{count:,} {topic}" for topic, count in found.items()))
