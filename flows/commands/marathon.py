"""``levibot marathon``: a challenger beside the model in use for 48 hours, and the verdict on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from connectors.redis.reader import RedisDownError, ViewReader
from connectors.settings import settings
from flows.commands.check import GRAFANA, PROMETHEUS, Api, AsJson
from flows.commands.control_options import ME, Actor
from flows.expected import expected

PROFILE = "marathon"
WORDS = ("passed", "FAILED", "unknown")
DECISIONS = {"PROMOTE": 0, "EXTEND": 1, "ROLLBACK": 1}
app = typer.Typer(no_args_is_help=True, help="Let a challenger run beside the model in use, and judge it.")


@app.command()
def start(
    challenger: Annotated[
        str, typer.Option(metavar="NAME@SHA256", help="Select it first; else the one that is selected.")
    ] = "",
    hours: Annotated[float | None, typer.Option(help="How long, in event time; else 48.", min=0.01)] = None,
    literal: Annotated[
        bool, typer.Option("--literal", help="Judge by four of five checks, whichever; else strictly.")
    ] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for the shards.", min=1)] = 60,
    api: Api = "",
    actor: Actor = ME,
    as_json: AsJson = False,
) -> None:
    """Start a marathon in seven steps; the first that does not pass is the last.

    Last critical check (registry, policy, calibration), go-live checklist,
    drift check, ensemble weights, canary on at 10 %, API, monitoring. Nothing
    is changed before the fifth.

    Exit codes: 0 it runs, 1 a step did not pass, 2 one could not be tried.
    """
    from flows.checks.full import profile_of  # noqa: PLC0415  what is not asked for is not loaded
    from flows.checks.ground import ground  # noqa: PLC0415
    from flows.marathon.starting import Wanted, start  # noqa: PLC0415

    wanted, code, steps = Wanted(challenger, hours, literal, actor, timeout), 0, []
    with expected("marathon start"):
        where = ground(settings(), api=api, prometheus=PROMETHEUS, grafana=GRAFANA, profile=PROFILE)
        for step in start(where, profile_of(where), wanted):
            steps.append(step._asdict())
            code = step.code
            if not as_json:
                typer.echo(f"{step.number} {step.name}: {WORDS[code]} ({step.told})")
    if as_json:
        typer.echo(orjson.dumps({"exit_code": code, "steps": steps}))
    raise typer.Exit(code)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Tell where the run is: phase, time served, evidence, and each criterion at the last check."""
    with expected("marathon status"):
        view = _view()
    if as_json:
        typer.echo(orjson.dumps(view["rollout"]))
        return
    rollout = view["rollout"]
    typer.echo(
        f"{rollout['profile'] or 'no profile'}: {rollout['state']} {rollout['phase']}, run "
        f"{rollout['run'] or '-'}, {rollout['dwell_s'] / 3_600:.1f} h served, {rollout['samples']} effective "
        f"outcomes, {len(view['alerts'])} alerts"
    )
    table = Table("criterion", "outcome", "value", "n", "why", box=None)
    for one in rollout["checks"]:
        value = "" if one["value"] is None else f"{one['value']:.5g}"
        table.add_row(one["criterion"], one["outcome"], value, str(one["n"] or ""), one["why"])
    Console().print(table)


@app.command()
def evaluate(
    out: Annotated[
        Path | None, typer.Option(help="A folder to keep the record in, as Markdown and JSON.")
    ] = None,
    literal: Annotated[
        bool, typer.Option("--literal", help="Read the gates by four of five checks, whichever.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print the verdict as it stands: of each hour of event time, and the last one of a run that is over.

    Every criterion with its number, how much evidence is behind it, and what
    would change it. The guard itself does what the last one says.

    Exit codes: 0 PROMOTE, 1 EXTEND or ROLLBACK, 2 there is none yet.
    """
    from models.verdict.page import page  # noqa: PLC0415  what is not asked for is not loaded

    with expected("marathon evaluate"):
        found = _view()["verdicts"]["literal" if literal else "strict"]
    if found is None:
        typer.echo("marathon evaluate: no verdict yet; it comes with the first full hour of a run", err=True)
        raise typer.Exit(2)
    text = page(found)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        name = f"marathon_{found['run']['id']}"
        (out / f"{name}.md").write_text(text, encoding="utf-8")
        (out / f"{name}.json").write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))
    typer.echo(orjson.dumps(found) if as_json else text)
    raise typer.Exit(DECISIONS[found["decision"]])


def _view() -> dict[str, Any]:
    reader = ViewReader(settings().redis_url)
    try:
        found = reader.guard()
    except RedisDownError as down:
        typer.echo(f"marathon: Redis does not answer ({down}); check REDIS_URL", err=True)
        raise typer.Exit(2) from down
    finally:
        reader.close()
    if found is None:
        typer.echo("marathon: no guard has published anything: levibot run guard", err=True)
        raise typer.Exit(2)
    return found
