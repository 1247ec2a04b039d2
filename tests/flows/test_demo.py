"""The demo as a stranger runs it: one command, signals appear, a kill holds, a killed flow comes back."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.embedded.child import Child
from tests.flows.running import LEVIBOT, Stage, until

pytestmark = [pytest.mark.embedded, pytest.mark.slow, pytest.mark.timeout(240)]

ROOT = Path(__file__).parents[2]


class Demo:
    """A running demo in a folder of its own."""

    def __init__(self, folder: Path, seconds: int) -> None:
        shutil.copytree(ROOT / "configs", folder / "configs")
        self.folder = folder
        self.log = folder / "demo.log"
        ports = {"API_PORT": "0", "FLOW_PORT": "0"}
        command = ["/usr/bin/env", "-C", str(folder), LEVIBOT, "demo", "--seconds", str(seconds)]
        self.child = Child("the demo", command, log=self.log, env=os.environ | ports)

    def settings(self) -> dict[str, str]:
        """Return what the demo left for other terminals."""
        path = self.folder / ".levibot" / "demo.env"
        text = until(lambda: path.exists() and path.read_text(), "the demo's settings")
        assert path.stat().st_mode & 0o077 == 0
        return dict(line.split("=", 1) for line in text.splitlines())

    def get(self, path: str) -> Any:
        """Return the API's answer."""
        url = f"http://127.0.0.1:{self.settings()['API_PORT']}{path}"
        with urllib.request.urlopen(url, timeout=5) as answer:
            return json.load(answer)

    def live(self) -> bool:
        """Return whether the API has a first signal; of predictions one may ask for only so many a minute."""
        try:
            return not self.get("/signals/BTCUSDT")["now"]["_mock"]
        except OSError:
            return False

    def pid(self, name: str) -> int:
        """Return the newest pid that the demo printed for one of its processes."""
        found = re.findall(rf"{name}(?: ended and was started again as pid)? (\d+)", self.log.read_text())
        return int(found[-1])


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A demo that is gone after the test, however it ends."""
    demo = Demo(tmp_path, seconds=150)
    yield demo
    demo.child.stop()


def test_the_demo_shows_signals_obeys_a_kill_and_restarts_a_killed_flow(demo: Demo) -> None:
    """Signals appear, ``control kill --wait`` holds them, kill -9 of the flow loses nothing, exit 0."""
    until(demo.live, f"a first real prediction; see {demo.log}")
    prediction = demo.get("/ai/predict?symbol=BTCUSDT&h=60s")
    assert prediction["fallback"] is False and prediction["model"] == "ml-fusion" and not prediction["stale"]
    stage = Stage.of_settings({name.lower(): value for name, value in demo.settings().items()})
    stage.levibot("control", "kill", "--wait")
    until(lambda: demo.get("/signals/BTCUSDT")["now"]["reason"] == "killed", "a held signal")
    first = demo.pid("signals")
    os.kill(first, signal.SIGKILL)
    until(lambda: demo.pid("signals") != first, "the restart of the flow")
    before = len(stage.bodies("signals"))
    until(lambda: len(stage.bodies("signals")) > before + 5, "signals of the restarted flow")
    stage.levibot("control", "unkill", "--reason", "drill", "--wait")
    bodies = stage.bodies("signals")
    for partition in range(4):
        mine = [b["ordinal"] for b in bodies if b["caused_by"]["partition"] == partition]
        assert mine == list(range(len(mine)))
    demo.child.interrupt()
    until(lambda: not demo.child.running, "the demo to end on Ctrl-C")
    assert demo.child.stop() == 0
    assert not (demo.folder / ".levibot" / "demo.env").exists()
    assert re.search(r"stopped; ticks [\d,]+.* signals [\d,]+", demo.log.read_text())
