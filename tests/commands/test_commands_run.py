"""Every line of the page of commands is typed beside a running demo, and every file that it names appears."""

from __future__ import annotations

import re
import shlex
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from old_commands import COMPOSE, CURL, LEVIBOT, MAKE, PATH, ROOT, WRITTEN, kind, rows

from tests.docs.blocks import blocks
from tests.flows.commands import Ended, levibot
from tests.flows.running import Stage, until
from tests.flows.test_demo import Demo
from tests.monitoring.monitor_records import START_S, calibration, feature, levels
from tests.monitoring.monitor_runs import recorded_run

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(1_200)]

SIMULATED = "--simulated --symbols BTCUSDT --edge 1 --hours 1"
QUICK = {
    "levibot train --simulated --edge 1 --hours 12 --preset quick --name lgbm-prod":
        f"levibot train {SIMULATED} --trials 1 --name lgbm-prod",
    "levibot train --topic ticks --symbol BTCUSDT --days 30 --preset quick":
        f"levibot train {SIMULATED} --symbol BTCUSDT --trials 1 --name lgbm-btcusdt",
    "levibot calibrate --model lgbm-prod --topic ticks --days 7":
        f"levibot calibrate {SIMULATED} --model lgbm-prod",
    "levibot calibration --low-confid 0.99 --markers data/calibration_markers.csv":
        "levibot calibration --run RUN --low-confid 0.99 --markers data/calibration_markers.csv",
    "levibot drift": "levibot drift --run RUN",
    "levibot soak --hours 24 --speed 20 --out reports":
        "levibot soak --hours 0.02 --speed 20 --embedded --out reports",
    "levibot train --simulated --edge 1 --hours 4 --preset quick --name lgbm-path":
        f"levibot train {SIMULATED} --trials 1 --name lgbm-path",
}  # fmt: skip
"""What takes long, or more time than a demo has had, in a form that takes seconds: fewer hours, one trial,
and what the monitors told in a recorded run."""
JUDGING = (
    "levibot check", "levibot drift --fail-on", "levibot replay --last", "levibot marathon", "levibot soak",
    "levibot backup create", "levibot models rollback", "levibot doctor",
)  # fmt: skip
"""They say what they find, and a demo of a minute is not found ready for everything: exit 0 or 1, or 2 where
there is nothing yet to judge. That each says what is right is tested where it is tested."""


def monitored() -> dict[str, list[list[dict[str, Any]]]]:
    """Return what the monitors tell of four hours."""
    seconds = range(START_S, START_S + 4 * 3_600, 1_800)
    hour = {"confid_median": 0.52, "said": 1, "n": 0}
    return {
        "calibration": [[calibration("BTCUSDT", at, hour=hour) for at in seconds]],
        "drift": [[levels("BTCUSDT", at, {"rsi_14": feature(0.05)}) for at in seconds]],
    }


class Terminal:
    """Somebody who types line after line beside a demo, and remembers how each ended."""

    def __init__(self, demo: Demo, patch: pytest.MonkeyPatch) -> None:
        self._demo = demo
        patch.chdir(demo.folder)
        self.settings = demo.settings()
        self.stage = Stage.of_settings({name.lower(): value for name, value in self.settings.items()})
        self.said: dict[str, str] = {}
        self._run = recorded_run(demo.folder / "run", monitored())

    def type(self, line: str, *, again: bool = False) -> None:
        """Run a line as it stands on the page, or its quick form, once unless it is to be run again."""
        what = kind(line)
        if (line in self.said and not again) or what in (PATH, COMPOSE):
            return
        typed = QUICK.get(line, line).replace("CHECKOUT", str(ROOT)).replace("RUN", str(self._run))
        if "--wait" in line:
            typed += " --timeout 120"  # as long as a busy machine needs
        if what == LEVIBOT:
            done = levibot(tuple(shlex.split(typed)[1:]), self.stage.env)
        elif what == CURL:
            done = self._get(shlex.split(typed)[1])
        else:
            done = self._shell(f"{typed} --dry-run -C {ROOT}" if what == MAKE else typed)
        allowed = (0, 1, 2) if line.startswith(JUDGING) else (0,)
        assert done.code in allowed, f"{typed}: exit {done.code}\n{done.out}{done.err}"
        self.said[line] = done.out + done.err

    def _get(self, url: str) -> Ended:
        for default, name in ((":8000", "API_PORT"), (":4001", "FLOW_PORT")):
            url = url.replace(default, f":{self.settings[name]}")
        with urllib.request.urlopen(url, timeout=10) as answer:
            return Ended(0 if answer.status == 200 else answer.status, answer.read().decode(), "")

    def _shell(self, line: str) -> Ended:
        done = subprocess.run(["bash", "-c", line], check=False, capture_output=True, text=True, timeout=60)
        return Ended(done.returncode, done.stdout, done.stderr)

    def has(self, path: str) -> bool:
        """Return whether there is such a file; YYYYMMDD is today, or the day of what a run wrote."""
        pattern = re.sub("YYYYMMDD(THHMMSSZ)?", "*", path)
        return any((self._demo.folder if path.startswith(WRITTEN) else ROOT).glob(pattern))


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A demo that is live, and a terminal in its folder."""
    monkeypatch.setenv("PREDICT_PER_MINUTE", "0")  # the checks before have asked a hundred times
    demo = Demo(tmp_path, seconds=1_200)
    with ExitStack() as ending:
        ending.callback(demo.child.stop)
        until(demo.live, f"a first real prediction; see {demo.log}", patience_s=300)
        yield Terminal(demo, monkeypatch)


def test_every_line_does_what_the_page_says(terminal: Terminal) -> None:
    """From top to bottom; then every file it names is there, and the three paths are gone line by line."""
    for row in rows():
        for line in row.here:
            terminal.type(line)
    said = terminal.said
    paths = [line for row in rows() for line in row.here if kind(line) == PATH]
    until(lambda: terminal.has("data/registry/canary_policy.json"), "the guard's mirror of the rollout")
    assert [path for path in paths if not terminal.has(path)] == []
    assert "recovery" in said["levibot backup create"]
    assert "levibot_queue_depth" in said["curl http://127.0.0.1:4001/metrics"]
    assert terminal.has("reports/replay_YYYYMMDD.json")
    for block in blocks(ROOT / "docs" / "paths.md"):
        for line in block.text.splitlines():
            terminal.type(line, again=line.startswith("levibot control"))
    assert all("because" in said[f"levibot explain {symbol}"] for symbol in ("BTCUSDT", "ETHUSDT"))
    assert "no broker answers" not in "".join(said.values())
