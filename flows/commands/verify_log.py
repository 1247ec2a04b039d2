"""``levibot verify log``: whether anything is missing or doubled on the output topics, by ordinals alone."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Column, Table

from connectors.kafka.errors import TopicsError
from connectors.kafka.security import security
from connectors.kafka.topics import existing, output
from connectors.settings import Settings, settings
from flows.replay.bar import Told, bar
from models.judge.records import TOPICS
from verifier.ordinals import Numbering, read_numbering
from verifier.reading import Reader, ReadingError

Found = dict[tuple[str, int], Numbering]
COLUMNS = ("records", "first", "last", "missing", "repeats", "out of order", "unreadable", "gaps")
SHOWN = 3
"""Gaps of a partition in the table; with --json ten."""


def verify_log(
    topics: Annotated[
        list[str] | None, typer.Argument(metavar="[TOPIC]...", help=f"Of {', '.join(TOPICS)}; else all.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Walk the output topics as any reader could: each partition's records are numbered without gaps.

    A partition may begin above 0, where older records are gone by
    retention. Records are read from what the broker keeps to the present
    end; the run may be going on.

    Exit codes: 0 nothing missing, doubled or out of order; 1 something is;
    2 it could not be checked.
    """
    config = settings()
    partitions = _partitions([_known(topic, config) for topic in topics or TOPICS], config)
    try:
        with (
            Reader(config.kafka_bootstrap, security=security(config.kafka_bootstrap)) as reader,
            bar("verify log", visible=not as_json) as told,
        ):
            found = _walked(reader, partitions, told(None))
    except ReadingError as error:
        typer.echo(f"verify log: {error}", err=True)
        raise typer.Exit(2) from error
    holds = all(one.holds for one in found.values())
    if as_json:
        rows = [{"topic": t, "partition": p, "holds": n.holds, **n.as_dict()} for (t, p), n in found.items()]
        typer.echo(orjson.dumps({"holds": holds, "partitions": rows}))
    else:
        Console().print(_table(found))
    raise typer.Exit(0 if holds else 1)


def _known(topic: str, config: Settings) -> str:
    names = {output(name, config): name for name in TOPICS}
    if topic in TOPICS:
        return output(topic, config)
    if topic not in names:
        raise typer.BadParameter(f"no output topic '{topic}'; there are {', '.join(TOPICS)}")
    return topic


def _partitions(topics: list[str], config: Settings) -> list[tuple[str, int]]:
    have = existing(config.kafka_bootstrap)
    for topic in topics:
        if topic not in have:
            raise TopicsError(f"no topic {topic}; create it with: levibot topics create")
    return [(topic, number) for topic in topics for number in range(have[topic])]


def _walked(reader: Reader, partitions: list[tuple[str, int]], told: Told) -> Found:
    found = {where: read_numbering(reader.read(*where, lambda: told(1)).records) for where in partitions}
    if not any(one.records for one in found.values()):
        raise ReadingError("there are no records on these topics: nothing to check")
    return found


def _table(found: Found) -> Table:
    table = Table(Column("topic", no_wrap=True, overflow="fold"), *COLUMNS, box=None)
    for (topic, partition), one in found.items():
        gaps = ", ".join(f"{a}-{b}" for a, b in one.gaps[:SHOWN]) + (" ..." if len(one.gaps) > SHOWN else "")
        counts = (
            one.records,
            one.first,
            one.last,
            one.missing,
            one.repeats,
            one.out_of_order,
            one.unreadable,
        )
        table.add_row(f"{topic}/{partition}", *("-" if n is None else f"{n:,}" for n in counts), gaps)
    return table
