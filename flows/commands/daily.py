"""``levibot daily``: the looks of a morning and of an evening."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from connectors.bundles import atomic
from connectors.settings import settings
from flows.daily.account import ACCOUNT, DailyError, Span, span_of
from flows.daily.evening import evening, flags_page
from flows.daily.morning import morning, newest_replay
from flows.expected import expected
from models.rules.parsing import parse_duration

NS = 1_000_000_000
DAY_S = 86_400
DAY_NS = DAY_S * NS

app = typer.Typer(help="Look at the night in the morning, keep the day in the evening.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


@app.command("morning")
def morning_command(
    reports: Annotated[Path, typer.Option(help="Where the replay reports are.")] = Path("reports"),
    night: Annotated[str, typer.Option(help="How long the night was, such as 15h.")] = "15h",
    loss: Annotated[float, typer.Option(max=0, help="A position whose PnL is below it is named.")] = -50.0,
    as_json: AsJson = False,
) -> None:
    """Show last night's replay, what the account made in the night, and the positions that lose.

    The replay is that of the newest replay_YYYYMMDD.json, which levibot
    replay --last 24h --compare writes; the account is that of the topic
    account. The night ends with the newest record there.

    Exit codes: 0 nothing to see to, 1 there is (each is shown), 2 it could
    not be read.
    """
    with expected("daily morning"):
        found = morning(newest_replay(reports), _night(_seconds(night)), Decimal(str(loss)))
    if as_json:
        typer.echo(orjson.dumps(found))
    else:
        _tell_morning(found)
    raise typer.Exit(1 if found["look"] else 0)


@app.command("evening")
def evening_command(
    out: Annotated[Path, typer.Option(help="Where the report and the flags are kept.")] = Path("reports"),
    as_json: AsJson = False,
) -> None:
    """Keep equity, PnL, trades and win rate of the day (UTC), and the flags in force.

    Writes daily_YYYYMMDD.json and flags.yaml.YYYYMMDD. The latter is in the
    form of configs/flags.yaml: with FLAGS_FILE it gives a new shard the desk
    of this evening, but for kills, which only a person lifts.

    The day is that of the newest record.

    Exit codes: 0 kept, 2 it could not be.
    """
    made = datetime.now(UTC)
    with expected("daily evening"):
        found = evening(_span(DAY_S, lambda ts: ts // DAY_NS * DAY_NS))
        page = flags_page(_desks(), made)
        paths = [out / f"daily_{made:%Y%m%d}.json", out / f"flags.yaml.{made:%Y%m%d}"]
        for path, content in zip(paths, (orjson.dumps(found) + b"\n", page.encode()), strict=True):
            atomic.write(path, content)
    if as_json:
        typer.echo(orjson.dumps(found | {"report": str(paths[0]), "flags": str(paths[1])}))
        return
    win_rate = "none closed" if found["win_rate"] is None else f"{found['win_rate']:.1%} won"
    typer.echo(f"equity {found['equity']} USD, PnL {found['pnl']}, {found['trades']} trades, {win_rate}")
    typer.echo(f"kept: {paths[0]}, {paths[1]}")


def _seconds(text: str) -> int:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(f"--night {error}") from error


def _night(seconds: int) -> Span:
    return _span(seconds, lambda ts: ts - seconds * NS)


def _span(seconds: int, begin: Callable[[int], int]) -> Span:
    from connectors.kafka.monitor_log import since  # noqa: PLC0415

    # with an hour more, a record from before the beginning is among them
    return span_of(since(settings(), ACCOUNT, seconds + 3_600, lambda _: None), begin)


def _desks() -> dict[str, dict[str, Any]]:
    from connectors.redis.reader import RedisDownError, ViewReader  # noqa: PLC0415

    url = settings().redis_url
    with closing(ViewReader(url)) as reader:
        try:
            heads = reader.heads()
        except RedisDownError as error:
            raise DailyError(f"the flags in force are in Redis, which does not answer: {error}") from error
    return {shard: head["desk"] for shard, head in heads.items() if not head["gone"]}


def _tell_morning(found: dict[str, Any]) -> None:
    replay, night = found["replay"], found["night"]
    if replay is not None:
        typer.echo(f"replay: {'equal' if replay['equal'] else 'DIFFERS'} ({replay['file']})")
    typer.echo(f"night: PnL {night['pnl']} USD, equity {night['equity']}; {found['positions']} positions")
    for line in found["look"]:
        typer.echo(f"look: {line}")
    if not found["look"]:
        typer.echo("nothing to see to")
