"""``levibot verify replay``: law 2, that a replay is the run, checked byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.console import Console

from flows.replay.bar import bar
from flows.replay.exits import expected
from flows.replay.found import Found, first_difference, plain, table, words

if TYPE_CHECKING:
    from connectors.recording.compare import Difference


def verify_replay(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What levibot record wrote.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Replay a recorded run and compare every recorded output: key, value and headers, in order.

    Those of the paper account are computed of the replayed signals. Records
    are held against each other by their ordinals. The replay may go
    on behind the last recorded one, where the run was cut; a recorded one
    that the replay does not have, or has otherwise, breaks the law.

    Exit codes: 0 all are equal, 1 one is not (the first is shown), 2 it
    could not be checked.
    """
    from connectors.recording.errors import RecordingError  # noqa: PLC0415
    from connectors.recording.manifest import read  # noqa: PLC0415
    from flows.replay.whole import compare_whole  # noqa: PLC0415

    with expected("verify replay"), bar("verify replay", visible=not as_json) as told:
        recording = read(folder)
        total = recording.rows("ticks") + recording.rows("journal")
        found = compare_whole(folder, recording, told(total))
        if not any(one.recorded for one in found.values()):
            raise RecordingError(f"{folder} holds no output records: there is nothing to compare")
    first = first_difference(found)
    if as_json:
        typer.echo(orjson.dumps(_plain(found, first)))
    else:
        Console().print(table(found))
        typer.echo("every recorded output is equal, byte for byte" if first is None else words(first))
    raise typer.Exit(0 if first is None else 1)


def _plain(found: Found, first: Difference | None) -> dict[str, Any]:
    return {"holds": first is None, "first": first._asdict() if first else None, "topics": plain(found)}
