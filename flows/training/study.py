"""The study of a run in a folder: its plan, its rows, a line for each finished trial; enough to go on.

A trial is on disk before the next one begins. One that was cut short left no line, or half a line, which is
dropped: it is run again. The folder goes when the bundle is published.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
import orjson

from connectors.bundles.atomic import write
from flows.training.recipe import Run
from models.market.schema import NAMES
from models.training.learning.search import Trial
from models.training.rows import Rows

STUDIES = ".studies"
_PLAN, _ROWS, _TRIALS = "plan.json", "rows.npz", "trials.jsonl"
_COLUMNS = ("code", "second", "x", "label", "realised")


class StudyError(RuntimeError):
    """A study cannot be gone on with; the message says why and what to do."""


class Study:
    """An open study; one process at a time holds it."""

    def __init__(self, folder: Path, run: Run, rows: Rows, trials: list[Trial], lines: IO[bytes]) -> None:
        self.run = run
        self.rows = rows
        self.trials = trials
        self._folder = folder
        self._lines = lines

    def add(self, trial: Trial) -> None:
        """Write a finished trial down, durably."""
        self._lines.write(orjson.dumps(trial.as_dict(), option=orjson.OPT_APPEND_NEWLINE))
        self._lines.flush()
        os.fsync(self._lines.fileno())
        self.trials.append(trial)

    def remove(self) -> None:
        """Delete the study: its bundle is published."""
        shutil.rmtree(self._folder, ignore_errors=True)


def begin(models_dir: Path, run: Run, rows: Rows) -> None:
    """Write a new study, which can then be opened; the plan comes last."""
    folder = models_dir / STUDIES / run.run_id
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise StudyError(f"a run {run.run_id} has begun already, this very second: train again") from error
    with (folder / _ROWS).open("wb") as file:
        np.savez(file, symbols=np.array(rows.symbols), **{name: getattr(rows, name) for name in _COLUMNS})
        file.flush()
        os.fsync(file.fileno())
    plan = {"run": run.as_dict(), "columns": NAMES}
    write(folder / _PLAN, orjson.dumps(plan, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS))


@contextmanager
def opened(models_dir: Path, run_id: str) -> Iterator[Study]:
    """Open a study for this process alone; raise ``StudyError`` where it is not there or in use."""
    folder = models_dir / STUDIES / run_id
    if not (folder / _PLAN).is_file():
        raise StudyError(f"no study {run_id} to go on with in {models_dir}; {_others(models_dir)}")
    with (folder / _TRIALS).open("ab") as lines:
        try:
            fcntl.flock(lines, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StudyError(f"another process is at work on {run_id}: wait for it, or end it") from error
        yield Study(folder, _run(folder), _rows(folder), _trials(folder, lines), lines)


def _run(folder: Path) -> Run:
    plan = orjson.loads((folder / _PLAN).read_bytes())
    if tuple(plan["columns"]) != NAMES:
        raise StudyError(f"{folder.name} was begun with other features: train anew")
    return Run.from_dict(plan["run"])


def _rows(folder: Path) -> Rows:
    with np.load(folder / _ROWS) as saved:
        return Rows(tuple(saved["symbols"].tolist()), **{name: saved[name] for name in _COLUMNS})


def _trials(folder: Path, lines: IO[bytes]) -> list[Trial]:
    content = (folder / _TRIALS).read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    lines.truncate(len(whole))
    return [Trial.from_dict(orjson.loads(line)) for line in whole.splitlines()]


def _others(models_dir: Path) -> str:
    found = sorted(path.parent.name for path in (models_dir / STUDIES).glob(f"*/{_PLAN}"))
    return f"there are: {', '.join(found)}" if found else "there is none"
