"""``levibot verify replay``: law 2, that a replay is the run, checked byte for byte."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from flows.replay.bar import bar
from flows.replay.exits import expected
from models.judge.records import TOPICS, Shard

if TYPE_CHECKING:
    from connectors.recording.compare import Comparison, Difference

Found = Mapping[tuple[Shard, str], "Comparison"]


def verify_replay(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What levibot record wrote.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Replay a recorded run and compare every recorded output: key, value and headers, in order.

    Records are held against each other by their ordinals. The replay may go
    on behind the last recorded one, where the run was cut; a recorded one
    that the replay does not have, or has otherwise, breaks the law.

    Exit codes: 0 all are equal, 1 one is not (the first is shown), 2 it
    could not be checked.
    """
    from connectors.recording.errors import RecordingError  # noqa: PLC0415
    from connectors.recording.manifest import read  # noqa: PLC0415
    from flows.replay.running import compare  # noqa: PLC0415

    with expected("verify replay"), bar("verify replay", visible=not as_json) as told:
        recording = read(folder)
        total = recording.rows("ticks") + recording.rows("journal")
        found = compare(folder, recording, told(total))
        if not any(one.recorded for one in found.values()):
            raise RecordingError(f"{folder} holds no output records: there is nothing to compare")
    first = first_difference(found)
    if as_json:
        typer.echo(orjson.dumps(_plain(found, first)))
    else:
        Console().print(_table(found))
        typer.echo("every recorded output is equal, byte for byte" if first is None else _words(first))
    raise typer.Exit(0 if first is None else 1)


def first_difference(found: Found) -> Difference | None:
    """Return the first record that differs, by topic, then shard."""
    shards = sorted({shard for shard, _ in found}, key=lambda shard: shard.number)
    differences = (found[shard, topic].first for topic in TOPICS for shard in shards)
    return next(filter(None, differences), None)


def _plain(found: Found, first: Difference | None) -> dict[str, Any]:
    topics = [
        {
            "topic": topic, "partition": shard.number, "recorded": one.recorded,
            "replayed": one.replayed, "equal": one.equal,
        }
        for (shard, topic), one in found.items()
    ]  # fmt: skip
    return {"holds": first is None, "first": first._asdict() if first else None, "topics": topics}


def _table(found: Found) -> Table:
    table = Table("topic", "recorded", "replayed", "equal", box=None)
    for topic in TOPICS:
        all_of_it = [one for (_, name), one in found.items() if name == topic]
        counts = (sum(getattr(one, c) for one in all_of_it) for c in ("recorded", "replayed", "equal"))
        table.add_row(topic, *(f"{count:,}" for count in counts))
    return table


def _words(first: Difference) -> str:
    return (
        f"{first.topic}/{first.partition}, ordinal {first.ordinal}: {first.field} differs\n"
        f"  recorded  {first.recorded}\n  replayed  {first.replayed}"
    )
