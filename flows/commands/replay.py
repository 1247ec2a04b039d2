"""``levibot replay``: a recorded run through the same dataflow, into files or against what was published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from flows.commands.replay_compare import REPORTS, compare_command
from flows.replay.bar import bar
from flows.replay.exits import expected

if TYPE_CHECKING:
    from connectors.recording.manifest import Recording


def replay(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="What levibot record wrote; with --compare, else the topics."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help=f"A new or empty folder for the result, else DIR/replayed; for reports {REPORTS}/."
        ),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Hold the replay against the run, and write a report.")
    ] = False,
    last: Annotated[
        str | None,
        typer.Option(help="With --compare: of the run's last hours only, such as 24h, 90m, 7d; else of all."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Publish what the shards of a recorded run did again, into Parquet files instead of topics.

    A recording needs neither broker nor settings: the configuration of the
    stages comes from it, and a version that cannot build it refuses. The
    files are replayed-TOPIC-SHARD-PART.parquet, with the columns of the
    recorded outputs.

    With --compare nothing is kept but a report, replay_YYYYMMDD.json: every
    record of the run's last hours, the paper account's too, against the
    replayed one, byte for byte; signals and PnL of both sides; and the published feature rows against
    those that levibot snapshot features makes of the same ticks. Without
    DIR the run on the configured topics is recorded for it, undisturbed,
    into a folder beside the report that is deleted again. State depends on
    everything before, so the run is always replayed from its beginning;
    where retention has taken that, nothing can be compared. Hours count
    back from the newest record, by the broker's time.

    Examples: levibot replay DIR; levibot replay --last 24h --compare

    Exit codes: 0 replayed, with --compare equal; 1 something differs (the
    first is shown); 2 it could not be done.
    """
    if compare:
        compare_command(folder, last, out or Path(REPORTS), as_json=as_json)
        return
    if folder is None or last is not None:
        raise typer.BadParameter("without --compare it takes a DIR, and no --last")
    from connectors.recording.manifest import read  # noqa: PLC0415
    from flows.replay.running import replay as replay_run  # noqa: PLC0415

    target = out or folder / "replayed"
    with expected("replay"), bar("replay", visible=not as_json) as told:
        recording = read(folder)
        found = replay_run(folder, recording, target, told(_inputs(recording)))
    if as_json:
        typer.echo(orjson.dumps({"out": str(target), "records": found}))
    else:
        typer.echo(f"{target}: " + ", ".join(f"{count:,} {topic}" for topic, count in found.items()))


def _inputs(recording: Recording) -> int:
    return recording.rows("ticks") + recording.rows("journal")
