"""The owner's day: every curl line and make target as written, the port aside, on a demo that trades."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import owner_lines as owner
import pytest
from walking import Walk, values
from watching import PROGRAM, prometheus

from connectors.embedded.child import Child
from connectors.profile_file import profile_named
from tests.flows.running import LEVIBOT, until

pytestmark = [pytest.mark.embedded, pytest.mark.slow, pytest.mark.timeout(420)]

ROOT = Path(__file__).parent.parent.parent
KEY = "a key for tests alone"
SETTLES_S = 30.0
TARGETS = ("ca-setup", "health-check", "model-test", "snapshot-flags", "seed-data")
"""The owner's make targets that must find all well; ``backend-restart`` is a line of Docker alone."""
CHECKLISTS = {"prod-ready": "golive", "postfix-check": "spark"}
"""Those that go through the checklist of a profile, most of which a demo a minute old cannot meet."""
LEARNED = "train --simulated --edge 1 --hours 1 --symbols 2 --trials 1 --kind skops"


class Demo:
    """A running demo with its gateway, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(ROOT / "configs", folder / "configs")
        for name in ("Makefile", "pyproject.toml", "requirements.lock"):
            shutil.copy2(ROOT / name, folder)
        (folder / ".venv").symlink_to(ROOT / ".venv")
        self.folder, self.log = folder, folder / "demo.log"
        ports = {"API_PORT": "0", "FLOW_PORT": "0", "ACK_TIMEOUT_S": "50"}  # as long as a busy machine needs
        command = ["/usr/bin/env", "-C", str(folder), LEVIBOT, "demo"]
        self.child = Child("the demo", command, log=self.log, env=os.environ | ports | {"ADMIN_KEY": KEY})
        self.settings = self._settings()

    def _settings(self) -> dict[str, str]:
        path = self.folder / ".levibot" / "demo.env"
        until(
            lambda: path.exists() and "DEMO_PID" in path.read_text(), f"the demo's settings, see {self.log}"
        )
        return dict(line.split("=", 1) for line in path.read_text().splitlines())

    def host(self, setting: str) -> str:
        """Return the address of one of its processes."""
        return f"http://127.0.0.1:{self.settings[setting]}"

    def make(self, target: str) -> subprocess.CompletedProcess[str]:
        """Run a make target in the demo's folder, against the demo; nothing is installed."""
        return self._run(["make", "-C", str(self.folder), "--old-file=.venv/.ready", target])

    def levibot(self, line: str) -> None:
        """Run one of our commands, which must succeed, in the demo's folder."""
        done = self._run(["/usr/bin/env", "-C", str(self.folder), LEVIBOT, *line.split()])
        assert done.returncode == 0, done.stdout + done.stderr

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that answers with live predictions."""
    running = Demo(tmp_path_factory.mktemp("walk"))
    try:
        until(lambda: _live(running), f"a live prediction; see {running.log}", 150)
        yield running
    finally:
        running.child.interrupt()
        running.child.stop()


def _live(demo: Demo) -> bool:
    try:
        found = httpx.get(f"{demo.host('API_PORT')}/healthz", timeout=5).json()
    except httpx.TransportError:
        return False
    return bool(found["ok"] and found["feature_staleness_sec"] is not None)


@pytest.fixture(scope="module")
def walk(demo: Demo) -> Iterator[Walk]:
    """Curl, as it were."""
    hosts = {owner.API: demo.host("API_PORT"), owner.EXECUTOR: demo.host("FLOW_PORT")}
    with closing(Walk(hosts, KEY)) as walking:
        yield walking


def broken(walk: Walk, *lines: owner.Line) -> list[str]:
    """Return what is not as the lines say; what only reads may take a moment to show what was done."""
    return [what for line in lines for what in _settled(walk, line)]


def _settled(walk: Walk, line: owner.Line) -> list[str]:
    deadline = time.monotonic() + SETTLES_S
    while (found := walk.broken(line)) and line.method == "GET" and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def answered(walk: Walk, path: str, field: str) -> list[object]:
    """Return what stands in a field of an answer now."""
    return values(walk.ask(owner.Line("GET", path)).json(), field)


def test_what_anybody_may_read(walk: Walk) -> None:
    """Predictions, health, public paths, metrics, documents, the executor's own port."""
    until(
        lambda: answered(walk, "/api/tools/metrics/timeseries?window=1h", "data[].p95_ms"),
        "a measured minute",
    )
    assert broken(walk, *owner.READ) == []


def test_what_steers_needs_the_login(walk: Walk) -> None:
    """Without the cookie nothing is done; with it each line is, and what it changed is read back."""
    steering = [one for one in owner.STEERED if one.method == "POST" and not one.path.startswith("/auth/")]
    assert {walk.ask(line).status_code for line in steering} == {401}
    assert broken(walk, owner.LOGIN, *owner.STEERED) == []


def test_the_account_trades(walk: Walk) -> None:
    """With a model that always says BUY there are trades and positions soon."""
    until(lambda: answered(walk, "/paper/positions", "positions[].pnl_usd"), "a position")
    until(lambda: answered(walk, "/paper/trades?limit=10", "trades[].symbol"), "a trade")
    assert broken(walk, *owner.TRADED) == []


def test_the_kill_switch_under_its_three_names(walk: Walk) -> None:
    """It holds at once, positions can be closed, and it ends when it is told so."""
    assert broken(walk, *owner.KILLED) == []


def test_everything_stands_in_the_audit(walk: Walk, demo: Demo) -> None:
    """Scores with their context, commands with what became of them, and the file that the owner reads."""
    until(lambda: "command" in answered(walk, "/api/audit/list", "items[].action"), "commands in the audit")
    assert broken(walk, *owner.AUDITED) == []
    lines = (demo.folder / "ops" / "audit.log").read_text(encoding="utf-8").splitlines()
    assert len(lines) > len(owner.STEERED)


def test_what_was_measured(walk: Walk) -> None:
    """A minute after the start there is a point of the service levels."""
    series = "/api/tools/metrics/timeseries?window=1h"
    until(lambda: answered(walk, series, "data[].p95_ms"), "a measured minute")
    assert broken(walk, *owner.MEASURED) == []


@pytest.mark.skipif(not PROGRAM.exists(), reason="needs Debian's package prometheus")
def test_prometheus_tells_of_alerts(demo: Demo, tmp_path: Path) -> None:
    """While everything is killed an alert fires, under the names that the owner asks for."""
    ports = {"api": "API_PORT", "flow": "FLOW_PORT", "paper": "PAPER_PORT", "guard": "GUARD_PORT"}
    hosts = {owner.API: demo.host("API_PORT")}
    with (
        prometheus(tmp_path, {host: demo.settings[name] for host, name in ports.items()}) as address,
        closing(Walk(hosts | {owner.PROMETHEUS: address}, KEY)) as walk,
    ):
        up = owner.Line("GET", "/api/v1/query?query=up", host=owner.PROMETHEUS)
        alerts = owner.WATCHED[0]
        assert broken(walk, owner.LOGIN, owner.Line("POST", "/admin/kill")) == []
        until(lambda: values(walk.ask(alerts).json(), "data.alerts[].state"), "an alert to be pending")
        assert broken(walk, *owner.WATCHED) == []
        jobs = {"api", "signals", "paper", "guard"}
        until(lambda: jobs <= {*values(walk.ask(up).json(), "data.result[].metric.job")}, "a scrape of all")
        assert broken(walk, owner.Line("POST", "/admin/unkill")) == []


@pytest.mark.parametrize(("target", "profile"), CHECKLISTS.items(), ids=[*CHECKLISTS])
def test_make_targets_that_judge(demo: Demo, target: str, profile: str) -> None:
    """Every item of the profile is looked at and told; what is not met makes the target fail."""
    done = demo.make(target)
    items = [one.item for one in profile_named(ROOT / "configs" / "profiles", profile).preflight]
    assert [item for item in items if item not in done.stdout] == [], done.stdout + done.stderr
    assert done.returncode == 2 and "Error 1" in done.stderr


def test_a_model_of_trees_answers_by_its_name(walk: Walk, demo: Demo) -> None:
    """``skops-local`` can be selected once there is such a bundle, and the stub again after it."""
    demo.levibot(LEARNED)
    assert broken(walk, owner.LOGIN, *owner.SELECTED) == []


@pytest.mark.parametrize("target", (*TARGETS, "train-prod"))
def test_make_targets(demo: Demo, target: str) -> None:
    """Each ends with 0 against the running demo."""
    done = demo.make(target)
    assert done.returncode == 0, done.stdout + done.stderr
