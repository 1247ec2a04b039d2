"""``levibot go-nogo``: a profile's gate as a table, and one answer."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer
from rich.console import Console

from connectors.settings import settings
from flows.commands.check import GRAFANA, PROMETHEUS, Api, AsJson, Requests
from flows.expected import expected


def go_nogo(
    profile: Annotated[str, typer.Option(metavar="NAME", help="The way of going live: levibot profiles.")],
    gate: Annotated[str, typer.Option(metavar="NAME", help="Which of its gates; else its first.")] = "",
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown, for a report.")] = False,
    api: Api = "",
    requests: Requests = 50,
    as_json: AsJson = False,
) -> None:
    """Say whether the gate of a profile is passed: each criterion with value, limit and samples.

    Values are what is known now: of the API by asking it, of the shards by
    the view in Redis and the topics, of a rollout by the guard's last check.
    Where nothing is known there is no GO: the answer is then UNKNOWN, or
    NO-GO where another criterion fails.

    The gate before going live: levibot go-nogo --profile golive

    The success criteria of the first day: levibot go-nogo --profile spark --gate success --markdown

    Exit codes: 0 GO, 1 NO-GO, 2 it cannot be said.
    """
    from flows.checks.full import profile_of  # noqa: PLC0415  what is not asked for is not loaded
    from flows.checks.gate import EXIT, go_no_go  # noqa: PLC0415
    from flows.checks.ground import ground  # noqa: PLC0415
    from flows.checks.tables import gate_markdown, gate_table  # noqa: PLC0415

    with expected("go-nogo"):
        where = ground(
            settings(), api=api, prometheus=PROMETHEUS, grafana=GRAFANA, profile=profile, requests=requests
        )
        found = go_no_go(where, profile_of(where), gate)
    if as_json:
        typer.echo(orjson.dumps(found.as_dict()))
    elif markdown:
        typer.echo(gate_markdown(found))
    else:
        Console().print(gate_table(found))
        typer.echo(found.answer)
    raise typer.Exit(EXIT[found.answer])
