"""``levibot snapshot audit``: the newest scores of the audit topic as one file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from connectors.bundles import atomic
from connectors.settings import settings
from flows.expected import expected
from flows.monitoring import options as o
from flows.monitoring.audit_summary import is_score, newest, summary
from flows.monitoring.origin import OriginError, origin
from flows.monitoring.patience import reading

Plain = dict[str, Any]


def snapshot_audit(
    limit: Annotated[int, typer.Option(help="How many scores, counted from the newest.", min=1)] = 10_000,
    out: Annotated[
        Path | None, typer.Option(help="The file; else data/audit_snapshot_YYYYMMDD.json of today, UTC.")
    ] = None,
    run: o.Run = None,
    as_json: o.AsJson = False,
) -> None:
    """Write the newest scores of the audit topic into a JSON file, with what they come to.

    The file holds "items", in order of time and symbol, and "summary": the
    scores in each of ten buckets, means and correlations of the signal's
    parts, counts by symbol and model. Items tell their bucket and parts
    where the flags audit_ml_bucket and audit_ml_signal_parts are on; a
    correlation is null where a part does not vary. It replaces a file of
    the same name, whole or not at all.

    Every day: 55 23 * * * levibot snapshot audit

    A recorded run: levibot snapshot audit --run DIR --out audit.json

    Exit codes: 0 written, 2 it could not be.
    """
    with expected("snapshot audit"):
        reads = origin(settings(), run)
        with reading("audit", visible=not as_json) as told:
            items = newest(reads.newest(o.AUDIT, limit, is_score, told), limit)
        if not items:
            raise OriginError("no scores on the audit topic yet: nothing was written")
        path = out or Path("data") / f"audit_snapshot_{datetime.now(UTC):%Y%m%d}.json"
        found = summary(items)
        atomic.write(path, orjson.dumps({"summary": found, "items": items}))
    _tell(path, found, as_json)


def _tell(path: Path, found: Plain, as_json: bool) -> None:
    if as_json:
        typer.echo(orjson.dumps({"path": str(path), **found}))
        return
    from flows.monitoring.audit_tables import bucket_table, parts_table  # noqa: PLC0415
    from flows.monitoring.writing import moment, show  # noqa: PLC0415

    show(bucket_table(found))
    if found["signal_parts"]["count"]:
        show(parts_table(found))
    else:
        typer.echo("no item tells the signal's parts: they come with the flag audit_ml_signal_parts")
    span = f"{moment(found['from_ts'])} to {moment(found['to_ts'])} UTC"
    typer.echo(f"{found['count']:,} scores of {len(found['symbols'])} symbols, {span}: {path}")
