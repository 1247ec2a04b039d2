"""A walk, or a walked account, in a process of its own: ``python -m flows.backtest.child JOB.json FOLDER``.

Its standard output is one JSON object a line, ``{"records", "share"}``, as it goes on. Where it cannot be
done, the exit code is 2 and the standard error says why.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import msgspec
import orjson
import typer

from connectors.logs import configure
from connectors.settings import settings
from flows.backtest.acting import act
from flows.backtest.job import ShardJob, TradingJob
from flows.expected import expected

EVERY_S = 0.2
"""Between two words of progress."""


def main(job_file: str, folder: str) -> int:
    """Do the job and return the exit code."""
    try:
        with expected("backtest"):
            configure(settings())
            job = msgspec.json.decode(Path(job_file).read_bytes(), type=ShardJob | TradingJob)
            act(job, Path(folder), settings(), _Progress())
    except typer.Exit as end:
        return end.exit_code
    return 0


class _Progress:
    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, records: int, share: float | None) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY_S
            sys.stdout.buffer.write(orjson.dumps({"records": records, "share": share}) + b"\n")
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
