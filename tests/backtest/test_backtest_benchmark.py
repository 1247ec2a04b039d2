"""That the benchmark of a backtest runs and what it says has its shape; never how fast anything was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from benchmarks.backlog import backtest
from benchmarks.ground import QUICK

pytestmark = pytest.mark.slow


class Scratch:
    """What the benchmark needs of the ground."""

    sizes = QUICK

    def __init__(self, folder: Path) -> None:
        self.scratch = folder
        self.said: list[str] = []

    def say(self, text: str) -> None:
        """Note a step."""
        self.said.append(text)


def test_a_day_is_measured_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds of one, and the memory of more; as many steps as announced."""
    monkeypatch.setattr(backtest, "DAY_S", 3_600)
    ground: Any = Scratch(tmp_path)
    day, memory = backtest.run(ground)
    assert len(ground.said) == backtest.steps(1)
    assert (day.unit, memory.unit, day.target) == ("s", "MB", "≤ 5.00 s")
    assert day.ours > 0


def test_more_days_follow_one_another(tmp_path: Path) -> None:
    """Each begins behind the end of the one before, at the same second of a minute."""
    one = backtest.parquet(tmp_path / "BTCUSDT-day.parquet", 300)
    first, second, third = (pl.read_parquet(path) for path in backtest.repeated(one, tmp_path, 3))
    assert first.equals(pl.read_parquet(one))
    assert first["timestamp"][-1] < second["timestamp"][0]
    step = second["timestamp"][0] - first["timestamp"][0]
    assert step % 60_000 == 0
    assert third["timestamp"][0] - second["timestamp"][0] == step
