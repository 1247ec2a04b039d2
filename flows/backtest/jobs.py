"""Backtests that were asked for on the control topic, one after the other, each once.

What became of a job is noted in a file beside the results, by the command's id, as soon as its results are
there. A job that was interrupted is not in it, so it is begun again, and goes on where it was.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import orjson

from connectors.kafka.control_feed import ControlFeed, feed_of
from connectors.settings import Settings
from flows.backtest.asked import Asked
from flows.backtest.errors import BacktestError
from flows.backtest.run import backtest
from flows.backtest.walking import Told
from models.control.commands import Command

JOBS = "jobs.jsonl"
LOOK_S = 0.25
"""Between two looks at the control topic."""
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
Line = dict[str, Any]


class JobFile:
    """What became of each job, a line a job."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def known(self) -> set[str]:
        """Return the ids of the commands that are done with; a line that was cut off is none."""
        try:
            lines = self._path.read_bytes().splitlines()
        except FileNotFoundError:
            return set()
        return {line["id"] for line in map(_parsed, lines) if line is not None}

    def note(self, line: Line) -> None:
        """Add what became of a job."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            if file.tell() and not self._path.read_bytes().endswith(b"\n"):
                file.write(b"\n")  # behind a line that was cut off
            file.write(orjson.dumps(line) + b"\n")


def serve(
    template: Asked, config: Settings, progress: Told, heard: Callable[[Line], None], *, once: bool = False
) -> None:
    """Run every job of the control topic that is not done with, and then those that come, until Ctrl-C.

    ``template`` says which ticks, and what a command does not; ``once`` ends when no job is left. Raises
    ``BacktestError`` without an ``ADMIN_SECRET``, ``BrokerError`` without a broker.
    """
    if config.admin_secret is None:
        raise BacktestError("jobs are signed commands: set ADMIN_SECRET to the sender's")
    jobs = JobFile(template.out / JOBS)
    with closing(feed_of(config)) as feed:
        while True:
            feed.poll()
            for command in _waiting(feed, jobs):
                line = _run(template, command, config, progress)
                jobs.note(line)
                heard(line)
            if once:
                return
            Event().wait(LOOK_S)


def job_of(template: Asked, command: Command) -> Asked:
    """Return the backtest that a command asks for; its results have a folder of their own."""
    days, symbols = command.args.get("days"), command.args.get("symbols", template.symbols)
    return replace(
        template,
        out=template.out / _folder(command.id),
        symbols=tuple(symbols),
        days=template.days if days is None else float(days),
        model=command.args.get("model", template.model),
    )


def _waiting(feed: ControlFeed, jobs: JobFile) -> Iterator[Command]:
    done = jobs.known()
    for _, _, command in feed.since(0):
        if command.cmd == "backtest.run" and command.id not in done:
            done.add(command.id)
            yield command


def _run(template: Asked, command: Command, config: Settings, progress: Told) -> Line:
    told = {"id": command.id, "actor": command.actor, "args": dict(command.args)}
    try:
        written = backtest(job_of(template, command), config, progress)
    except (OSError, RuntimeError, ValueError) as error:
        return told | {"state": "failed", "why": str(error), "results": []}
    return told | {"state": "done", "why": None, "results": [str(one.json) for one in written]}


def _folder(name: str) -> str:
    """Return the name of a job's folder: its id, or a hash where that is no plain name."""
    return name if _PLAIN.fullmatch(name) else hashlib.sha256(name.encode()).hexdigest()[:32]


def _parsed(line: bytes) -> Line | None:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) and "id" in found else None
