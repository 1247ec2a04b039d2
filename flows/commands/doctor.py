"""``levibot doctor``: one look at everything a run needs, and what to do about what is wrong."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from connectors import start_values
from connectors.env_files import open_to_others
from connectors.kafka.errors import TopicsError
from connectors.kafka.inspection import broker_clock_skew_s, tick_ends, topic_findings
from connectors.redaction import redactor
from connectors.redis.reader import RedisDownError, ViewReader
from connectors.settings import Settings, settings
from flows.finding import BAD, OK, UNKNOWN, WARN, Finding
from flows.history_findings import history_findings, recovery_finding

EndOf = Callable[[tuple[str, int]], int | None]
OLD_VIEW_S = 5.0
LAG_RECORDS = 10_000
SKEW_S = 5.0


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")] = False) -> None:
    """Look at configuration, broker, topics, clocks, Redis and lag; exit 0: well, 1: not, 2: cannot tell."""
    findings = [_hidden(finding) for finding in examine(settings())]
    if as_json:
        typer.echo(orjson.dumps([finding._asdict() for finding in findings]))
    else:
        Console().print(_table(findings))
    states = {finding.state for finding in findings}
    raise typer.Exit(2 if UNKNOWN in states else 1 if BAD in states else 0)


def examine(config: Settings) -> Iterator[Finding]:
    """Yield the findings, cheapest first."""
    yield _files()
    yield _tried("configuration", lambda: _configuration(config), "mend the named file or variable")
    try:
        yield from _topics(config)
    except TopicsError as error:
        yield Finding("broker", UNKNOWN, str(error), "make kafka, docker compose up, or mend the setting")
        yield from _views(config, lambda where: None)
    else:
        yield _tried("clocks", lambda: _clocks(config), "")
        yield _tried("recovery", lambda: recovery_finding(config), "levibot recover inspect")
        with contextlib.suppress(TopicsError):  # already told
            yield from history_findings(config)
        yield from _views(config, lambda where: tick_ends(config, [where])[where])


def _hidden(finding: Finding) -> Finding:
    """Return the finding without a secret: what was found may quote an address."""
    hide = redactor(settings())
    return finding._replace(seen=hide(finding.seen), do=hide(finding.do))


def _files() -> Finding:
    found = open_to_others()
    if not found:
        return Finding("secrets", OK, "no file of settings can be read by others")
    seen = ", ".join(f"{file} has mode {mode}" for file, mode in found)
    return Finding("secrets", WARN, f"{seen}: others can read it", f"chmod 600 {found[0][0]}")


def _configuration(config: Settings) -> Finding:
    spec, desk = start_values.spec(config), start_values.desk(config)
    if config.admin_secret is None:
        return Finding("configuration", WARN, "no ADMIN_SECRET: no command can be taken", "set ADMIN_SECRET")
    return Finding("configuration", OK, f"spec {spec.fingerprint()[:12]}, model {desk.model}")


def _topics(config: Settings) -> Iterator[Finding]:
    for found in topic_findings(config):
        seen = found.problem or "as planned"
        yield Finding(f"topic {found.name}", BAD if found.problem else OK, seen, found.do)


def _clocks(config: Settings) -> Finding:
    skew = broker_clock_skew_s(config, next(iter(config.tick_topics.split(","))).partition("=")[0])
    if skew is None:
        return Finding("clocks", OK, "no tick yet to compare with")
    if skew > SKEW_S:
        return Finding(
            "clocks", BAD, f"the newest tick is {skew:.1f} s in the future", "set the producer's clock (NTP)"
        )
    return Finding("clocks", OK, f"the newest tick is {-skew:.1f} s old by this host's clock")


def _views(config: Settings, end_of: EndOf) -> Iterator[Finding]:
    reader = ViewReader(config.redis_url)
    try:
        heads = {key: head for key, head in reader.shards().items() if not head.get("gone")}
    except RedisDownError as error:
        yield Finding(
            "redis",
            BAD,
            f"does not answer: {error}",
            "start Redis or set REDIS_URL; the flow goes on without",
        )
        return
    finally:
        reader.close()
    yield Finding("redis", OK, f"{len(heads)} shards")
    if not heads:
        yield Finding("flow", WARN, "no shard has published a view", "levibot run signals")
    for key, head in heads.items():
        yield _tried(f"shard {key}", lambda key=key, head=head: _shard(key, head, end_of), "")  # type: ignore[misc]
    yield from _misrouted(heads)


def _shard(key: str, head: dict[str, Any], end_of: EndOf) -> Finding:
    age = time.time() - head["written_at"] / 1e9
    end = end_of((head["topic"], head["partition"]))
    lag = 0 if end is None else end - head["offset"]
    behind = "an unknown number of" if end is None else str(lag)
    seen = f"view {age:.1f} s old, {behind} records behind, {head['ledger']['invalid']} invalid"
    if age > OLD_VIEW_S:
        return Finding(f"shard {key}", BAD, seen, "is the signals flow running? see its log")
    if lag > LAG_RECORDS:
        return Finding(f"shard {key}", WARN, seen, "it is catching up, or too slow: add instances")
    return Finding(f"shard {key}", OK, seen)


def _misrouted(heads: dict[str, dict[str, Any]]) -> Iterator[Finding]:
    homes: dict[str, list[str]] = {}
    for key, head in heads.items():
        for symbol in head["symbols"]:
            homes.setdefault(symbol, []).append(key)
    for symbol, shards in homes.items():
        if len(shards) > 1:
            yield Finding(
                f"symbol {symbol}", BAD, f"is on {', '.join(shards)}", "key the producer's records by symbol"
            )


def _tried(what: str, look: Callable[[], Finding], do: str) -> Finding:
    try:
        return look()
    except Exception as error:
        return Finding(what, UNKNOWN, f"{type(error).__name__}: {error}", do)


def _table(findings: list[Finding]) -> Table:
    table = Table("what", "state", "seen", "what to do", box=None)
    colours = {OK: "green", WARN: "yellow", BAD: "red", UNKNOWN: "magenta"}
    for finding in findings:
        table.add_row(finding.what, f"[{colours[finding.state]}]{finding.state}[/]", finding.seen, finding.do)
    return table
