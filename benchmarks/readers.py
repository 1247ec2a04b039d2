"""``python -m benchmarks.readers``: fifty people read the API for a minute; how long do they wait?

The API runs as a process over an embedded Redis, whose view is renewed each second by the real stages; its
limit of predictions is off, since all readers have one address. Exit code 0 where every answer was 200, else
1; 2 where nothing could be measured.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import orjson
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.live.live_view import LiveShard, LiveView
from benchmarks.open_loop import Answer, load
from connectors.embedded import EmbeddedError, EmbeddedRedis
from connectors.settings import Settings, environment

SHARDS = 4
PATHS = (
    "/ai/predict?symbol={}", "/symbols", "/ml/predict?symbol={}", "/healthz", "/signals/{}", "/status",
    "/admin/flags", "/panel/state", "/api/tools/get_metrics", "/metrics",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and return the exit code."""
    options = _options(arguments)
    names = [f"SYM{number:02}USDT" for number in range(options.symbols)]
    try:
        answers = _measure(options, names)
    except (EmbeddedError, OSError, ValueError) as error:
        print(f"readers: {error}", file=sys.stderr)
        return 2
    failed = [answer for answer in answers if answer.status != 200]
    if options.json:
        print(orjson.dumps(_told(options, answers), option=orjson.OPT_INDENT_2).decode())
    else:
        _show(options, answers)
    return 1 if failed else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.readers", description=__doc__)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--rate", type=float, default=2.0, help="requests a second and reader (2)")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--symbols", type=int, default=20)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    return parser.parse_args(arguments)


def _measure(options: argparse.Namespace, names: list[str]) -> list[Answer]:
    asked = [path.format(names[n % len(names)]) for n, path in enumerate(PATHS * len(names))]
    shards = [LiveShard(number, names[number::SHARDS]) for number in range(min(SHARDS, len(names)))]
    console = Console(stderr=True)
    with (
        EmbeddedRedis() as redis,
        LiveView(redis.url, shards),
        _api(redis.url) as (host, port),
        Progress(console=console, disable=not console.is_terminal) as bar,
    ):
        task = bar.add_task("reading", total=round(options.rate * options.seconds) * options.readers)
        work = load(
            host, port, asked, options.readers, options.rate, options.seconds,
            lambda done: bar.update(task, completed=done),
        )  # fmt: skip
        return asyncio.run(work)


@contextmanager
def _api(redis_url: str) -> Iterator[tuple[str, int]]:
    """Serve the API as a process of its own and yield where."""
    foreign = {
        name: value for name, value in environment().items() if name.lower() not in Settings.model_fields
    }
    env = foreign | {"REDIS_URL": redis_url, "PREDICT_PER_MINUTE": "0", "LOG_LEVEL": "warning"}
    command = [sys.executable, "-m", "api", "--port", "auto"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://([\d.]+):(\d+)", process.stdout.readline())
            if found is None:
                raise ValueError("the API did not start")
            yield found[1], int(found[2])
        finally:
            process.terminate()


def _groups(answers: list[Answer]) -> dict[str, list[Answer]]:
    """Return the answers by path, all symbols of a path as one, and all of them at the end."""
    groups: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[re.sub(r"SYM\w+", "…", answer.path)].append(answer)
    return dict(sorted(groups.items())) | {"all": answers}


def _quantiles(answers: list[Answer]) -> tuple[float, float, float]:
    """Return median, 99th percentile and longest time, ms."""
    p50, p99, longest = np.quantile([answer.ms for answer in answers], (0.5, 0.99, 1.0)).tolist()
    return p50, p99, longest


def _told(options: argparse.Namespace, answers: list[Answer]) -> dict[str, object]:
    rows = [
        dict(zip(("p50_ms", "p99_ms", "max_ms"), _quantiles(some), strict=True))
        | {"path": path, "n": len(some), "failed": sum(one.status != 200 for one in some)}
        for path, some in _groups(answers).items()
    ]
    return {"readers": options.readers, "rate": options.rate, "seconds": options.seconds, "paths": rows}


def _show(options: argparse.Namespace, answers: list[Answer]) -> None:
    title = f"{options.readers} readers, {options.rate:g} requests a second each, {options.seconds:g} s"
    table = Table("path", "answers", "failed", "p50 ms", "p99 ms", "longest ms", title=title)
    for path, some in _groups(answers).items():
        failed = sum(one.status != 200 for one in some)
        table.add_row(path, str(len(some)), str(failed), *(f"{ms:.1f}" for ms in _quantiles(some)))
    Console().print(table)
    for answer in [one for one in answers if one.status != 200][:5]:
        print(f"failed: {answer.path}: {answer.status or 'no answer'} after {answer.ms:.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
