"""``levibot record``: a live run, so far, as Parquet files that can be replayed and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from connectors import start_values
from connectors.feed.times import nanoseconds
from connectors.recording.manifest import Recording
from connectors.settings import settings
from flows.replay.bar import bar
from flows.replay.exits import expected


def _moment(text: str | None) -> int | None:
    ts = nanoseconds(text)
    if text is not None and ts is None:
        raise typer.BadParameter(f"is ISO 8601 (UTC where it names no zone) or a unix time, not {text!r}")
    return ts


def record(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    since: Annotated[
        str | None, typer.Option("--from", help="First time of the outputs, ISO 8601 or unix time.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help="End of the outputs and of the ticks (not included).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was recorded as JSON.")] = False,
) -> None:
    """Write ticks, journal and outputs of the run on the configured topics to DIR, and its paper account.

    The run may be going on; it is not disturbed. Ticks and journal are
    written from each shard's genesis on, since its state depends on all of
    them, and what the account read likewise; --from and --to bound the
    outputs by their record timestamps, and --to ends the ticks as well. Run
    it with the settings of the run. Then: levibot verify replay DIR.

    Exit codes: 0 recorded, 2 it could not be, such as where ticks are gone
    by retention.
    """
    # the libraries of the files cost half a second, which a kill from the command line must not wait for
    from connectors.recording.recorder import record as record_run  # noqa: PLC0415
    from connectors.recording.shard_recorder import Window  # noqa: PLC0415

    window = Window(_moment(since), _moment(until))
    with expected("record"), bar("record", visible=not as_json) as told:
        config = settings()
        specs = start_values.spec(config), start_values.paper_spec(config)
        found = record_run(config, specs[0], folder, window, told, specs[1])
    if as_json:
        typer.echo((folder / "recording.json").read_text(encoding="utf-8").rstrip())
    else:
        typer.echo(_told(folder, found))


def _told(folder: Path, found: Recording) -> str:
    published = sum(sum(shard.outputs.values()) for shard in found.shards)
    begun = sum(shard.begins is not None for shard in found.shards)
    return (
        f"{folder}: {begun} of {len(found.shards)} shards, {found.rows('ticks'):,} ticks, "
        f"{found.rows('journal'):,} journal entries, {published:,} published records"
    )
