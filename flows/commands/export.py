"""``levibot export``: what topics hold, kept as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from connectors.feed.stop import stop_on_signal
from connectors.settings import settings
from flows.expected import expected
from flows.exporting.flags import keep_flags
from flows.exporting.run import opened
from flows.monitoring import options as o
from flows.replay.bar import bar

app = typer.Typer(help="Keep what topics hold as files.", no_args_is_help=True)


@app.callback()
def export() -> None:
    """Keep what topics hold as files."""


@app.command("shadow")
def shadow(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder of the files.")] = Path(
        "data/logs/shadow"
    ),
    since: Annotated[str, typer.Option(help="Where a new folder begins: so long before the newest.")] = "24h",
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what comes, until Ctrl-C.")] = False,
    max_mb: Annotated[int, typer.Option(help="A file of this size is put away.", min=1)] = 64,
    keep: Annotated[int, typer.Option(help="Days that files are kept.", min=1)] = 30,
    as_json: o.AsJson = False,
) -> None:
    """Keep the challenger's predictions and paper trades as JSONL files, a file a day.

    predictions_YYYYMMDD.jsonl has the records of the topic predictions in the
    role of challenger, trades_YYYYMMDD.jsonl those of the topic trades in its
    book: as they were published, by the day (UTC) of their ts. A file that is
    full, or whose day is over, becomes predictions_YYYYMMDD.001.jsonl.gz.
    Files are removed --keep days before the newest record.

    Run it as often as you like: positions.json beside the files remembers how
    far it came, so that a line is there once, also after a crash. --since
    counts for a new folder alone.

    Every hour: levibot export shadow

    As it happens: levibot export shadow --follow

    Exit codes: 0 exported, 1 records were gone from the log before they were
    read (they are counted), 2 it could not be.
    """
    since_s = o.span_s(since)
    with (
        expected("export shadow"),
        stop_on_signal() as stopped,
        opened(settings(), out, since_s=since_s, most_bytes=max_mb * 1_000_000, keep_days=keep) as found,
    ):
        with bar("shadow", visible=not as_json) as told:
            found.catch_up(told, stopped)
        if follow:
            found.follow(stopped)
        files = found.files()
    counts = {kind: dict(count) for kind, count in found.counts.items()}
    _tell(out, counts, files, as_json)
    raise typer.Exit(1 if any(count["missing"] for count in counts.values()) else 0)


@app.command("flags")
def flags(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder of the file.")] = Path("reports"),
    as_json: o.AsJson = False,
) -> None:
    """Keep the desk that all shards have: kills, rollout, canary, model, thresholds and flags.

    Writes flags_YYYYMMDD.json (UTC) with the whole desk, and beside it
    flags.yaml.YYYYMMDD, which under FLAGS_FILE gives a new shard this desk,
    but for kills, which only a person lifts. Both replace those of the day.

    Before a change of configuration: levibot export flags

    Exit codes: 0 kept, 2 it could not be: Redis is down, or shards differ.
    """
    with expected("export flags"):
        paths = keep_flags(settings(), out)
    if as_json:
        typer.echo(orjson.dumps({"desk": str(paths[0]), "flags": str(paths[1])}))
    else:
        typer.echo(f"kept: {paths[0]}, {paths[1]}")


def _tell(out: Path, counts: dict[str, dict[str, int]], files: list[str], as_json: bool) -> None:
    if as_json:
        found: dict[str, Any] = {"out": str(out), **counts, "files": files}
        typer.echo(orjson.dumps(found))
        return
    for kind, count in counts.items():
        gone = f", {count['missing']:,} were gone before they were read" if count["missing"] else ""
        typer.echo(f"{kind}: {count['lines']:,} lines of {count['read']:,} records{gone}")
    if not files:
        typer.echo("nothing is of a challenger yet: levibot control model.select NAME --as challenger")
    typer.echo(f"{out}: {len(files)} files")
