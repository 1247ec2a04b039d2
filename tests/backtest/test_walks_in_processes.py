"""Walks in processes of their own: the same bytes, a kill costs nothing, and an error is told."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from walks import MODELS, market

from connectors.settings import Settings
from flows.backtest.errors import BacktestError
from flows.backtest.job import ShardJob, Walked
from flows.backtest.origins import Origin, SimulatedMarket
from flows.backtest.processes import Progress, Task, done
from flows.backtest.walking import walk
from flows.backtest.work import Work
from models.desk.desk import Desk
from models.spec import Spec

MARKET = market(2, rate=20.0)


def job(place: int, origin: Origin, **more: int) -> ShardJob:
    """Return the walk of a shard."""
    return ShardJob(
        shard=f"backtest/{place:04d}",
        origin=origin,
        sources=[{"place": place}],
        spec=Spec(),
        desk=Desk().as_dict(),
        version="1",
        **more,
    )


def config() -> Settings:
    return Settings(_env_file=None)  # type: ignore[call-arg]


def walked(jobs: list[ShardJob], folder: Path, processes: int) -> list[Walked | None]:
    """Walk shards and return what was found."""
    done([Task(one.shard, one, folder / one.key) for one in jobs], config(), processes, lambda *_: None)
    return [Work(folder / one.key).walked() for one in jobs]


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of a finished walk."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "lock"}


@pytest.mark.slow
def test_shards_walked_apart_are_as_walked_here(tmp_path: Path) -> None:
    """Three of them, two at a time."""
    jobs = [job(place, SimulatedMarket(MARKET, place, 120.0)) for place in range(3)]
    apart, here = walked(jobs, tmp_path / "apart", 2), walked(jobs, tmp_path / "here", 1)
    assert apart == here
    assert all(apart)
    for one in jobs:
        assert content(tmp_path / "apart" / one.key) == content(tmp_path / "here" / one.key)


@pytest.mark.slow
def test_what_is_wrong_in_a_process_is_told_here(tmp_path: Path) -> None:
    """In its own words; the others are ended."""
    jobs = [job(place, SimulatedMarket(MARKET, place, length)) for place, length in enumerate((600.0, 0.3))]
    with pytest.raises(BacktestError, match="backtest/0001: no second closed"):
        walked(jobs, tmp_path, 2)


@pytest.mark.slow
def test_a_model_that_is_not_there_is_told_too(tmp_path: Path) -> None:
    """A bundle of no registry."""
    desk = replace(Desk(), model="lgbm-x@" + "0" * 64, bundles=("lgbm-x@" + "0" * 64,))
    jobs = [
        msgspec.structs.replace(job(place, SimulatedMarket(MARKET, place, 60.0)), desk=desk.as_dict())
        for place in range(2)
    ]
    with pytest.raises(BacktestError, match="lgbm-x"):
        walked(jobs, tmp_path, 2)


@pytest.mark.slow
def test_a_killed_process_costs_nothing(tmp_path: Path) -> None:
    """kill -9 behind some part: whoever goes on comes to the same bytes."""
    one = job(0, SimulatedMarket(MARKET, 1, 2_000.0), part_rows=200)
    file, folder = tmp_path / "job.json", tmp_path / "killed"
    file.write_bytes(msgspec.json.encode(one))
    command = [sys.executable, "-m", "flows.backtest.child", str(file), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in process.stdout:  # a word of progress every 0.2 s
            if any(folder.glob("*.state")):
                process.kill()
                break
    assert process.returncode == -9
    assert not (folder / "walked.json").exists()
    walk(one, MODELS, folder, lambda *_: None)
    walk(one, MODELS, tmp_path / "whole", lambda *_: None)
    assert content(folder) == content(tmp_path / "whole")


def test_progress_is_that_of_all() -> None:
    """The sum of what was read, the mean share; none where one cannot tell."""
    progress = Progress(2)
    progress.note(0, 100, 0.5)
    assert (progress.records, progress.share) == (100, 0.25)
    progress.note(1, 20, 0.1)
    assert (progress.records, progress.share) == (120, 0.3)
    progress.end(0)
    assert progress.share == 0.55
    progress.note(1, 20, None)
    assert progress.share is None
