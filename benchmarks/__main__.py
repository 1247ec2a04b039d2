"""``python -m benchmarks``: print every speed budget as a ratio measured side by side, and write the tables.

A whole run on the default settings is written to ``benchmarks/results.md`` and ``results.json``; a quick or
partial one only where ``--out`` says. Exit code 0, also where a target was missed; 1 where a benchmark
failed, which takes none of the others' rows with it; 2 where nothing could be measured.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks import kept, machine
from benchmarks.backlog import (
    backtest,
    catch_up,
    ceilings,
    exactly_once,
    monitors,
    processes,
    redis_outage,
    stages,
    symbols,
)
from benchmarks.brokers import open_broker
from benchmarks.errors import BenchmarkError
from benchmarks.ground import FULL, QUICK, Ground
from benchmarks.growth import measure as growth
from benchmarks.live import control, latency, recovery, snapshots
from benchmarks.peers import compared, replay
from benchmarks.results import Row
from benchmarks.table import HEADER, cells
from connectors.embedded import EmbeddedError, EmbeddedRedis

ALL = (
    catch_up, ceilings, stages, compared, replay, symbols, processes, exactly_once, monitors, redis_outage,
    backtest, growth, latency, control, snapshots, recovery,
)  # fmt: skip
BENCHMARKS = {each.NAME: each for each in ALL}
HERE = Path(__file__).parent
WIDTH = 150
"""Narrower terminals wrap the lines of the table."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the chosen benchmarks and return the exit code."""
    options = _options(arguments)
    try:
        return _run(options)
    except (BenchmarkError, EmbeddedError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2


def _run(options: argparse.Namespace) -> int:
    before = kept.read(options.out or HERE) if options.failed else None
    names = list(before["failed"]) if before else options.only or list(BENCHMARKS)
    rows, facts = _measure(options, names)
    told = {**facts, "rows": [row.as_dict() for row in rows]}
    if options.json:
        print(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
    else:
        _show(rows)
    whole = not (options.quick or options.only)
    folder = options.out or (HERE if whole else None)
    if folder is not None:
        kept.write(folder, kept.joined(before, told) if before else told)
    return 0 if not facts["failed"] else 1 if rows else 2


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, one repeat: shows that it runs")
    parser.add_argument("--only", action="append", choices=BENCHMARKS, help="one benchmark; may be repeated")
    parser.add_argument(
        "--failed", action="store_true", help="those that failed in the kept results, and add their rows"
    )
    parser.add_argument("--repeats", type=int, help=f"default {FULL.repeats}, quick {QUICK.repeats}")
    parser.add_argument("--broker", choices=("auto", "real", "embedded"), default="auto")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--out", type=Path, help="folder for results.md and results.json")
    return parser.parse_args(arguments)


def _measure(options: argparse.Namespace, names: Sequence[str]) -> tuple[list[Row], dict[str, Any]]:
    sizes = QUICK if options.quick else FULL
    if options.repeats:
        sizes = sizes._replace(repeats=options.repeats)
    chosen = [BENCHMARKS[name] for name in names]
    with machine.on(machine.OTHERS), tempfile.TemporaryDirectory(prefix="levibot-bench-") as scratch:
        broker, why = open_broker(options.broker)
        print(f"on {broker.name}{': ' if why else ''}{why}", file=sys.stderr)
        with closing(broker), EmbeddedRedis() as redis, _bar() as bar:
            task = bar.add_task("", total=sum(each.steps(sizes.repeats) for each in chosen))
            ground = Ground(broker, redis, Path(scratch), sizes, lambda text: _step(bar, task, text))
            failed: dict[str, str] = {}
            rows = [row for each in chosen for row in measured_rows(each, ground, failed)]
    facts = {"machine": machine.description(), "broker": broker.name, "quick": options.quick}
    return rows, facts | {"failed": failed}


def measured_rows(each: Any, ground: Ground, failed: dict[str, str]) -> list[Row]:
    """Run one benchmark; where it fails, note why and return nothing."""
    try:
        found: list[Row] = each.run(ground)
    except BenchmarkError as error:
        print(f"benchmarks: {each.NAME}: {error}", file=sys.stderr)
        failed[each.NAME] = str(error)
        return []
    return found


def _bar() -> Progress:
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _step(bar: Progress, task: Any, text: str) -> None:
    bar.update(task, description=text)
    bar.advance(task)


def _show(rows: list[Row]) -> None:
    table = Table(*HEADER)
    for row in rows:
        table.add_row(*cells(row))
    screen = Console()
    screen.width = max(screen.width, WIDTH)
    screen.print(table)
    for row in rows:
        if row.note:
            print(f"{row.name}: {row.note}")


if __name__ == "__main__":
    sys.exit(main())
