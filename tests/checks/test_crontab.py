"""The crontab: every line parses strictly, every command in it exists, every path is absolute."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from flows.checks.crontab import JOBS, CronError, crontab
from flows.commands.cron import app

RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
"""Minute, hour, day of the month, month, day of the week, as in crontab(5)."""


class Line(NamedTuple):
    """A job of a crontab: its five fields, and what the shell gets."""

    fields: tuple[frozenset[int], ...]
    command: str


def values(field: str, low: int, high: int) -> frozenset[int]:
    """Return the values of a field: lists of numbers, ranges and steps, and nothing else."""
    found: set[int] = set()
    for part in field.split(","):
        match = re.fullmatch(r"(\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", part)
        assert match, f"'{part}' is no part of a field"
        first = low if match[1] == "*" else int(match[2])
        last = high if match[1] == "*" else int(match[3] or match[2])
        step = int(match[4] or 1)
        assert low <= first <= last <= high, f"'{part}' is outside {low} to {high}"
        assert step > 0
        found |= set(range(first, last + 1, step))
    return frozenset(found)


def parsed(text: str) -> list[Line]:
    """Return the jobs of a crontab, read as cron reads it."""
    assert text.endswith("\n"), "cron leaves a last line without its end out"
    jobs = []
    for line in text.splitlines():
        if line.startswith("#") or re.fullmatch(r"[A-Z]+=\S*", line):
            continue
        *fields, command = line.split(None, 5)
        assert len(fields) == 5
        times = tuple(values(field, *bounds) for field, bounds in zip(fields, RANGES, strict=True))
        assert not re.search(r"(?<!\\)%", command), "a bare % ends the command"
        jobs.append(Line(times, command.replace("\\%", "%")))
    return jobs


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the product in its .venv, and with names that a shell would cut."""
    folder = tmp_path / "a checkout 100 %"
    levibot = folder / ".venv" / "bin" / "levibot"
    levibot.parent.mkdir(parents=True)
    levibot.write_text('#!/bin/sh\necho "$PWD|$*"\n')
    levibot.chmod(0o755)
    return folder


@pytest.mark.parametrize("field", ["61", "5-1", "*/0", "a", "", "1,,2"])
def test_the_parser_is_strict(field: str) -> None:
    """Else the tests below would say little."""
    with pytest.raises(AssertionError):
        values(field, 0, 59)


def test_every_line_is_one_of_a_crontab(checkout: Path) -> None:
    """With a comment before each that says what it is for."""
    text = crontab(checkout, profile="spark")
    assert len(parsed(text)) == len(JOBS) + 1 == text.count("\n# ")


def test_the_times_are_those_that_were_asked_for(checkout: Path) -> None:
    """Five minutes, a quarter of an hour, nine and eighteen, Sunday at two."""
    by_log = {shlex.split(job.command)[-2]: job.fields for job in parsed(crontab(checkout))}
    found = {Path(log).stem: fields for log, fields in by_log.items()}
    assert found["levibot-health"][0] == frozenset(range(0, 60, 5))
    assert found["drift_check"][0] == {0, 15, 30, 45}
    assert (found["retrain"][0], found["retrain"][1], found["retrain"][4]) == ({0}, {2}, {0})
    daily = [job.fields[:2] for job in parsed(crontab(checkout)) if " daily " in job.command]
    assert daily == [({0}, {9}), ({0}, {18})]


def test_every_path_is_absolute(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the folder was named as seen from inside."""
    monkeypatch.chdir(checkout)
    for job in parsed(crontab(Path())):
        words = shlex.split(job.command)
        assert words[:2] == ["cd", str(checkout)]
        assert Path(words[-2]).is_absolute()
        assert words[-1] == "2>&1"


def test_a_job_runs_in_the_checkout_and_writes_its_log(checkout: Path, tmp_path: Path) -> None:
    """Through a shell, as cron does, with a path that needs its quotes."""
    logs = tmp_path / "my logs"
    first = parsed(crontab(checkout, logs))[0]
    subprocess.run(["/bin/sh", "-c", first.command], check=True, timeout=20)
    assert (logs / "levibot-health.log").read_text() == f"{checkout}|check quick\n"


def test_the_backup_is_made_and_old_ones_go(checkout: Path) -> None:
    """One after the other; a part that could not be kept (exit 1) does not keep old ones from going."""
    for job in parsed(crontab(checkout)):
        if " backup " in job.command:
            subprocess.run(["/bin/sh", "-c", job.command], check=True, timeout=20)
    said = (checkout / "logs" / "backup.log").read_text().splitlines()
    assert said == [f"{checkout}|backup create", f"{checkout}|backup prune --keep 7d --exports 30d"]


def test_a_folder_without_the_product_is_refused(tmp_path: Path) -> None:
    """Cron would fail every five minutes, and tell nobody."""
    with pytest.raises(CronError, match="make setup, or name the checkout with --folder"):
        crontab(tmp_path)
    done = CliRunner().invoke(app, ["print", "--folder", str(tmp_path)])
    assert done.exit_code == 2


def test_the_command_prints_nothing_but_the_crontab(checkout: Path) -> None:
    """So that it can be piped into ``crontab -``."""
    done = CliRunner().invoke(app, ["print", "--folder", str(checkout)], catch_exceptions=False)
    assert (done.exit_code, done.stdout) == (0, crontab(checkout))
