"""``levibot soak`` itself: a few minutes of the market, faster than real time, on the embedded broker."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from typer import Typer
from typer.testing import CliRunner

from connectors.settings import settings
from flows.commands.soak import soak

ROOT = Path(__file__).parents[2]


@pytest.mark.embedded
@pytest.mark.slow
@pytest.mark.timeout(150)
def test_three_minutes_of_the_market_are_soaked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four checkpoints in order, no crash, every tick of the feed used, and a kill that was timed."""
    monkeypatch.chdir(ROOT)
    settings.cache_clear()
    app = Typer()
    app.command()(soak)
    options = ["--hours", "0.05", "--speed", "30", "--embedded", "--out", str(tmp_path), "--json"]
    done = CliRunner().invoke(app, options, catch_exceptions=False)
    settings.cache_clear()
    found = orjson.loads(done.output.splitlines()[-1])
    assert (done.exit_code, found["answer"]) == (0, "GO"), done.output
    points = found["checkpoints"]
    assert [point["name"] for point in points] == ["T+1h", "T+6h", "T+12h", "T+24h"]
    ticks = [point["ticks"] for point in points]
    assert ticks == sorted(ticks)
    assert ticks[-1] > 2_000
    assert {point["crashes"] for point in points} == {0}
    assert {line["name"]: line["outcome"] for line in found["criteria"]["lines"]} == dict.fromkeys(
        ("inference_latency", "drop_rate", "errors", "no_crash", "mttr"), "success"
    )
    assert 0 < found["kill_s"] < 30
    assert points[-1]["trades"] is not None
    assert found["rollout"][0]["event"] == "started"
    assert (tmp_path / "24H_SOAK_REPORT.md").read_text().startswith("# Soak: GO")
