"""``levibot snapshot``: what was computed of the past, as files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from connectors.feature_files import Written, write
from connectors.feed.meter import Meter
from connectors.settings import settings
from connectors.start_values import spec
from flows.commands.snapshot_audit import snapshot_audit
from flows.expected import expected
from flows.feature_history import FeatureHistory
from flows.tick_options import asks_for_ticks
from flows.ticks import Ticks

app = typer.Typer(help="Write what was computed of the past into files.", no_args_is_help=True)
app.command("audit")(snapshot_audit)


@app.callback()
def snapshot() -> None:
    """Write what was computed of the past into files."""


@app.command("features")
@asks_for_ticks
def features_command(
    asked: Ticks,
    out: Annotated[Path, typer.Option(help="The folder of feature files.")] = Path("data/features"),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON, and no progress.")
    ] = False,
) -> None:
    """Rebuild the feature rows of recorded ticks as a Parquet file.

    The rows come from the stage that makes them live, under the settings
    in force: bit for bit what the flow published, or would have. They go to
    features_v1-RUN.parquet (ts, symbol, price, the features and their
    version), with a JSON file beside it that tells what they were made of.
    Then the links features_v1.parquet and features_latest.parquet name it;
    a run that fails leaves them as they were.

    Examples: levibot snapshot features --ticks btcusdt.gz;
    levibot snapshot features --topic ticks --days 7

    Exit codes: 0 the file is there and the links name it, 2 it could not be
    written.
    """
    config = settings()
    with expected("snapshot features"):
        found = asked.unfiltered(config)
        with Meter("features", visible=not as_json) as meter:
            past = FeatureHistory(found, spec(config), meter.update, asked.symbol)
            sources = [source for history in found for source in history.sources()]
            written = write(out, _run(sources), past.frames(), {"sources": sources, "items": past.books})
    _tell(written, past.books, as_json)


def _run(sources: Sequence[dict[str, Any]]) -> str:
    """Return the name of this run: when it was, and a checksum of what it reads."""
    checksum = hashlib.sha256(orjson.dumps(sources, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{checksum[:8]}"


def _tell(written: Written, books: dict[str, int], as_json: bool) -> None:
    if as_json:
        paths = {"path": str(written.path), "latest": str(written.latest)}
        typer.echo(orjson.dumps(paths | written.as_dict() | {"items": books}))
        return
    span = f"{_moment(written.from_ts)} to {_moment(written.to_ts)}"
    typer.echo(f"{written.rows:,} rows of {len(written.symbols)} symbols, {span}: {written.path}")
    typer.echo("items: " + ", ".join(f"{name} {count:,}" for name, count in books.items()))


def _moment(ts: int) -> str:
    return datetime.fromtimestamp(ts / 1e9, UTC).isoformat()
