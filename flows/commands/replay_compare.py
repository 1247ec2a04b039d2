"""``levibot replay --compare``: did the last hours publish what their ticks and journal give?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import orjson
import typer
from rich.console import Console

from connectors import start_values
from connectors.settings import settings
from flows.replay.bar import bar
from flows.replay.exits import expected
from flows.replay.found import table, words
from models.rules.parsing import parse_duration

if TYPE_CHECKING:
    from connectors.recording.manifest import Recording
    from flows.replay.comparing import Compared
    from models.consistency.pairing import Consistency

REPORTS = "reports"
_VERDICTS = {True: "every feature row too", False: "feature rows deviate", None: "no feature rows to compare"}


def compare_command(folder: Path | None, last: str | None, out: Path, *, as_json: bool) -> None:
    """Compare, write the report, say what was found; always raises ``typer.Exit``."""
    from connectors.recording.manifest import read  # noqa: PLC0415
    from flows.replay.comparing import compared  # noqa: PLC0415
    from flows.replay.report import as_report, write  # noqa: PLC0415

    last_s = _seconds(last)
    made = datetime.now(UTC)
    with expected("replay"), _recorded(folder, last_s, out, visible=not as_json) as kept:
        recording = read(kept)
        with bar("replay", visible=not as_json) as told:
            found = compared(kept, recording, last_s, told(_steps(recording)))
        source = str(folder) if folder else ", ".join(sorted(recording.topics.values()))
        report = as_report(found, recording, source, made)
        path = write(out, report, made)
    if as_json:
        typer.echo(orjson.dumps(report | {"report": str(path)}))
    else:
        _show(found, path)
    raise typer.Exit(0 if found.equal else 1)


def _seconds(last: str | None) -> int | None:
    try:
        return None if last is None else parse_duration(last)
    except ValueError as error:
        raise typer.BadParameter(f"--last {error}") from error


@contextmanager
def _recorded(folder: Path | None, last_s: int | None, out: Path, *, visible: bool) -> Iterator[Path]:
    """Give the folder of a recording: the named one, or one that is made of the topics and deleted again."""
    if folder is not None:
        yield folder
        return
    from connectors.recording.recorder import record  # noqa: PLC0415
    from connectors.recording.shard_recorder import Window  # noqa: PLC0415
    from connectors.recording.window import newest_on_topics  # noqa: PLC0415
    from flows.replay.comparing import Window as Compared  # noqa: PLC0415

    config = settings()
    since_ms = Compared.last(last_s, newest_on_topics(config)).since_ms
    window = Window(None if since_ms is None else since_ms * 1_000_000)
    with _beside(out) as made:
        with bar("record", visible=visible) as told:
            record(config, start_values.spec(config), made, window, told, start_values.paper_spec(config))
        yield made


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """Give an empty folder inside ``out`` and delete it in the end."""
    from connectors.recording.errors import RecordingError  # noqa: PLC0415

    try:
        out.mkdir(parents=True, exist_ok=True)
        made = TemporaryDirectory(prefix=".replay-", dir=out)
    except OSError as error:
        raise RecordingError(f"{out}: cannot be written ({error.strerror}); choose --out") from error
    with made:
        yield Path(made.name)


def _steps(recording: Recording) -> int:
    """Return how many ticks and entries are taken in: ticks twice, by the flow and by the offline path."""
    return 2 * recording.rows("ticks") + recording.rows("journal")


def _show(found: Compared, path: Path) -> None:
    console = Console()
    console.print(table(found.found))
    console.print(_signals(found.signals.as_dict()))
    for book, sides in (found.pnl.as_dict() or {}).items():
        console.print(f"PnL, {book}: {_pnl(sides)}")
    console.print(_features(found.features))
    if (first := found.first) is not None:
        typer.echo(words(first))
    said = "every record is equal, byte for byte" if first is None else "the replay is not the run"
    rows = _VERDICTS[found.features.consistent]
    typer.echo(f"{said}; {rows}: {path}")


def _signals(tally: dict[str, Any]) -> str:
    sides = (
        f"{side} " + ", ".join(f"{n:,} {s}" for s, n in tally[side].items()) for side in ("live", "replay")
    )
    return "signals: " + "; ".join(sides) + f"; {tally['different']:,} differ"


def _pnl(sides: dict[str, Any]) -> str:
    told = (f"{side} {one['pnl']} USD" for side, one in sides.items() if isinstance(one, dict))
    return ", ".join(told) + f", apart {sides['difference']}"


def _features(found: Consistency) -> str:
    worst = max(found.features, key=lambda one: one.smape or 0.0, default=None)
    told = f"; SMAPE {worst.smape:.6g} % of {worst.name}" if worst and worst.smape else "; SMAPE 0"
    return (
        f"feature rows, live against offline: {found.rows:,} on both sides, {found.mismatch:,} mismatch, "
        f"{found.missing:,} missing, {found.extra:,} extra{told}"
    )
