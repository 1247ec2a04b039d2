"""Doing jobs: here, one after the other, or each in a process of its own, some at a time."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from threading import Event, Lock
from typing import IO, NamedTuple

import msgspec
import orjson

from connectors.bundles import atomic
from connectors.embedded.tether import tethered
from connectors.settings import Settings
from flows.backtest.acting import act
from flows.backtest.errors import BacktestError
from flows.backtest.job import ShardJob, TradingJob
from flows.backtest.walking import Told

LOOK_S = 0.2
"""Between two looks at the progress of other processes."""


class Task(NamedTuple):
    """A job, how it is called in messages, and the folder for what it makes."""

    name: str
    job: ShardJob | TradingJob
    folder: Path


def done(tasks: Sequence[Task], config: Settings, processes: int, told: Told) -> None:
    """Do all jobs; raise ``BacktestError``, or what went wrong here, where one could not be done."""
    progress = Progress(len(tasks))
    if processes > 1 and len(tasks) > 1:
        _apart(tasks, processes, progress, told)
        return
    for place, task in enumerate(tasks):
        act(task.job, task.folder, config, partial(progress.tell, place, told))


def _apart(tasks: Sequence[Task], processes: int, progress: Progress, told: Told) -> None:
    stop = Event()
    with ThreadPoolExecutor(processes, thread_name_prefix="backtest") as pool:
        asked = [pool.submit(_child, task, place, progress, stop) for place, task in enumerate(tasks)]
        try:
            while wait(asked, LOOK_S).not_done:
                told(progress.records, progress.share)
                if any(one.done() and one.exception() for one in asked):
                    break
        finally:
            stop.set()
        failed = [one for one in asked if one.done() and one.exception()]
        for one in failed or asked:
            one.result()


class Progress:
    """How far each of several jobs is; safe to use from several threads."""

    def __init__(self, jobs: int) -> None:
        self._lock = Lock()
        self._records = [0] * jobs
        self._shares: list[float | None] = [0.0] * jobs

    def note(self, place: int, records: int, share: float | None) -> None:
        """Note how many records a job has read, and the share of its whole."""
        with self._lock:
            self._records[place], self._shares[place] = records, share

    def end(self, place: int) -> None:
        """Note that a job is done."""
        with self._lock:
            self._shares[place] = 1.0

    def tell(self, place: int, told: Told, records: int, share: float | None) -> None:
        """Note it, and tell how far all are."""
        self.note(place, records, share)
        told(self.records, self.share)

    @property
    def records(self) -> int:
        """Return the records of all."""
        return sum(self._records)

    @property
    def share(self) -> float | None:
        """Return the mean share, None where one cannot tell."""
        known = [share for share in self._shares if share is not None]
        return sum(known) / len(known) if len(known) == len(self._shares) else None


def _child(task: Task, place: int, progress: Progress, stop: Event) -> None:
    if stop.is_set():
        return
    job_file = task.folder.with_suffix(".json")
    atomic.write(job_file, msgspec.json.encode(task.job))
    command = [sys.executable, "-m", "flows.backtest.child", str(job_file), str(task.folder)]
    with (
        tempfile.TemporaryFile() as errors,
        # a Ctrl-C reaches this process alone, which ends its children
        subprocess.Popen(  # noqa: S603  a list built here, no shell
            tethered(command), stdout=subprocess.PIPE, stderr=errors, process_group=0
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            if stop.is_set():
                process.terminate()
                return
            progress.note(place, **orjson.loads(line))
        if process.wait() != 0:
            raise BacktestError(_last_words(task, errors, process.returncode))
    progress.end(place)


def _last_words(task: Task, errors: IO[bytes], code: int) -> str:
    errors.seek(0)
    said = errors.read().decode("utf-8", "replace").strip().removeprefix("backtest: ")
    return said if code == 2 and said else f"{task.name}: its process ended with {code}: {said[-2_000:]}"
