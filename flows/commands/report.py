"""``levibot report``: what a stretch of time came to."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from connectors.bundles import atomic
from connectors.settings import Settings, settings
from flows.expected import expected
from flows.monitoring.options import AsJson, span_s

Plain = dict[str, Any]

app = typer.Typer(help="Report on a day: figures, breaches, criteria, what to do.", no_args_is_help=True)


@app.callback()
def _reports() -> None:
    """Report on a stretch of time, out of the topics alone."""


@app.command("day")
def day_command(
    of: Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="This day, UTC.")] = "",
    last: Annotated[str, typer.Option(help="So long up to the newest record, such as 24h.")] = "24h",
    profile: Annotated[
        str, typer.Option(metavar="NAME", help="Whose limits and criteria: levibot profiles.")
    ] = "spark",
    gate: Annotated[str, typer.Option(metavar="NAME", help="Which of its gates; else its first.")] = "",
    out: Annotated[Path, typer.Option(help="The folder of the reports.")] = Path("reports"),
    as_json: AsJson = False,
) -> None:
    r"""Write the report of a day: 24H_REPORT_YYYYMMDD.md, and the same as .json.

    It tells latency, staleness, errors, hit rate, incidents and confidence
    with how each stands by the profile; how many scores there were; the
    calibration by buckets; the parts of the signal; breaches and the worst
    of them; the criteria of the profile; and what is to be done. A figure of
    which nothing is known is "no data", and a criterion without data does
    not pass. Latencies and shares are of the whole time, each with its worst
    hour beside it.

    The last 24 hours: levibot report day --profile spark

    Every night: 5 0 * * * levibot report day --date $(date -ud yesterday +\%F)

    Exit codes: 0 written and every criterion holds, 1 written and one fails,
    2 written and one has no data, or nothing could be read.
    """
    with expected("report day"):
        found, paths = _written(settings(), of, last, profile, gate, out, as_json)
    if as_json:
        typer.echo(orjson.dumps(found | {"files": [str(path) for path in paths]}))
    else:
        for line in found["criteria"]["lines"]:
            typer.echo(f"{line['outcome']:>12}  {line['name']}: {line['why']}")
        typer.echo(f"{found['criteria']['answer']}; kept: {', '.join(map(str, paths))}")
    from flows.checks.gate import EXIT  # noqa: PLC0415  what is not asked for is not loaded

    raise typer.Exit(EXIT[found["criteria"]["answer"]])


def _written(
    config: Settings, of: str, last: str, profile: str, gate: str, out: Path, quiet: bool
) -> tuple[Plain, list[Path]]:
    from connectors.profile_file import FOLDER, profile_named  # noqa: PLC0415  heavy, and not for --help
    from connectors.rules_file import reactions, rules_of  # noqa: PLC0415
    from flows.checks.gate import gate_of  # noqa: PLC0415
    from flows.day_report import reading, window  # noqa: PLC0415
    from flows.day_report.page import markdown  # noqa: PLC0415
    from flows.day_report.report import report  # noqa: PLC0415
    from flows.monitoring.patience import reading as patience  # noqa: PLC0415

    chosen = profile_named(config.rules_file.parent / FOLDER, profile)
    gate_of(chosen, gate or next(iter(chosen.verdict)))
    stretch = window.day(_day(of)) if of else window.last(span_s(last), reading.newest(config))
    with patience("report", visible=not quiet) as told:
        read = reading.read(config, stretch, told)
    stale_s = rules_of(config.rules_file).staleness.tick.warn
    found = report(read, chosen, reactions(config.rules_file), stale_s, time.time_ns(), gate)
    stem = f"24H_REPORT_{stretch.day:%Y%m%d}"
    paths = [out / f"{stem}.md", out / f"{stem}.json"]
    for path, content in zip(paths, (markdown(found).encode(), orjson.dumps(found) + b"\n"), strict=True):
        atomic.write(path, content)
    return found, paths


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise typer.BadParameter(f"--date '{text}' is no day such as 2026-11-21") from error
