"""``levibot check``: the pulse for cron, and everything before a start."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console

from connectors.settings import settings
from flows.checks.seen import Looked, exit_code
from flows.expected import expected

app = typer.Typer(help="Look at a running product: its pulse, or all before a start.", no_args_is_help=True)

Api = Annotated[str, typer.Option(metavar="URL", help="The API; else API_HOST and API_PORT.")]
Prometheus = Annotated[str, typer.Option(metavar="URL", envvar="PROMETHEUS_URL", help="Where Prometheus is.")]
Grafana = Annotated[str, typer.Option(metavar="URL", envvar="GRAFANA_URL", help="Where Grafana is.")]
Requests = Annotated[
    int, typer.Option(help="Calls of /ai/predict for its latency; fewer where fewer are allowed.", min=20)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON, and no progress.")]
PROMETHEUS, GRAFANA = "http://127.0.0.1:9090", "http://127.0.0.1:3000"


@app.command("quick")
def quick_command(api: Api = "", as_json: AsJson = False) -> None:
    """Feel the pulse: the API, Redis, the heartbeat of every shard, how far each is behind.

    The four looks are side by side and over within a second, so that cron
    may ask every five minutes; one that does not answer by then is unknown.

    Exit codes: 0 all well, 1 something is wrong, 2 it could not be looked at.
    """
    from flows.checks.ground import ground  # noqa: PLC0415  what is not asked for is not loaded
    from flows.checks.quick import quick  # noqa: PLC0415
    from flows.checks.smoke import publish  # noqa: PLC0415

    with expected("check quick"):
        where = ground(settings(), api=api, prometheus=PROMETHEUS, grafana=GRAFANA, timeout_s=0.8)
        found = quick(where)
        publish(where, "check quick", found)
    _tell(found, as_json)


@app.command("full")
def full_command(
    profile: Annotated[str, typer.Option(metavar="NAME", help="The way of going live: levibot profiles.")],
    drill: Annotated[
        bool, typer.Option("--drill", help="Try a kill and its end: HOLD for a second.")
    ] = False,
    api: Api = "",
    prometheus: Prometheus = PROMETHEUS,
    grafana: Grafana = GRAFANA,
    requests: Requests = 50,
    as_json: AsJson = False,
) -> None:
    """Go through everything that a profile wants looked at before the start.

    Each item is passed, failed, manual (a person has to look) or unknown (it
    could not be looked at), with what was seen and the requirement it answers
    to. Nothing of the running product is changed, but by --drill: it kills
    all signals, waits for every shard, and un-kills them.

    Before going live: levibot check full --profile golive

    With a try of the kill switch: levibot check full --profile runbook --drill

    Exit codes: 0 nothing failed and all could be looked at (manual items are
    a person's), 1 an item failed, 2 one could not be looked at.
    """
    from flows.checks.full import asked, full, profile_of  # noqa: PLC0415  what is not asked for is not loaded
    from flows.checks.ground import ground  # noqa: PLC0415
    from flows.checks.smoke import publish  # noqa: PLC0415
    from flows.replay.bar import bar  # noqa: PLC0415

    with expected("check full"), bar("check", visible=not as_json) as told:
        where = ground(
            settings(), api=api, prometheus=prometheus, grafana=grafana, profile=profile, drill=drill,
            requests=requests, root=Path(),
        )  # fmt: skip
        chosen = profile_of(where)
        count, found = told(len(asked(chosen))), []
        for one in full(where, chosen):
            found.append(one)
            count(1)
        publish(where, f"check full --profile {profile}", found)
    _tell(found, as_json)


@app.command("model")
def model_command(
    symbol: Annotated[str, typer.Option(help="Of this symbol; else of the one that traded last.")] = "",
    api: Api = "",
    as_json: AsJson = False,
) -> None:
    """Ask for a prediction and see whether a model gave it, or the fallback.

    Exit codes: 0 the selected model answers (fallback: false), 1 the
    fallback does, 2 there is no answer.
    """
    from flows.checks.ground import ground  # noqa: PLC0415  what is not asked for is not loaded
    from flows.checks.items.serving import model_answers  # noqa: PLC0415
    from flows.checks.looking import Asked, all_at_once  # noqa: PLC0415

    with expected("check model"):
        where = ground(settings(), api=api, prometheus=PROMETHEUS, grafana=GRAFANA)
        found = all_at_once([Asked("model", partial(model_answers, symbol), "S030")], where, 10.0)
    _tell(found, as_json)


def _tell(found: list[Looked], as_json: bool) -> None:
    code = exit_code(one.state for one in found)
    if as_json:
        typer.echo(orjson.dumps({"ok": code == 0, "items": [one.as_dict() for one in found]}))
    else:
        from flows.checks.tables import checklist  # noqa: PLC0415

        Console().print(checklist(found))
    raise typer.Exit(code)
