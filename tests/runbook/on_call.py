"""Somebody on call with a terminal: services that run, and every command of the runbook filled in and run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from connectors.embedded.child import Child
from connectors.kafka.topics import GUARD_JOURNAL
from tests.alerts.live_prometheus import RULES, Prometheus
from tests.alerts.promtool import alerts_of
from tests.docs.blocks import reader_home
from tests.flows.commands import levibot
from tests.flows.running import LEVIBOT, Stage, until

SYMBOLS = "BTCUSDT,ETHUSDT"
PATIENCE_S = 300.0
SHELL = re.compile(r"[|<>$&;]")
"""A line with one of these needs a shell."""


class Said(NamedTuple):
    """What a line of the page came to."""

    line: str
    code: int
    text: str


class OnCall:
    """A folder, the services, and a terminal in it; ``filled`` puts something for each word in capitals."""

    def __init__(self, stage: Stage, home: Path, ending: ExitStack) -> None:
        self.stage, self.home, self._ending = stage, home, ending
        for folder in ("docs", "deploy"):
            (home / folder).symlink_to(Path(__file__).parents[2] / folder)
        tools = home / ".venv" / "bin"
        tools.mkdir(parents=True)
        (tools / "levibot").symlink_to(LEVIBOT)
        self._env = stage.env | reader_home(home, os.environ["PATH"])
        self._signals: Child | None = None

    def start(self) -> None:
        """Start a market and every service, and wait until each works."""
        self._child("feed", "feed", "simulate", "--symbols", SYMBOLS, "--rate", "2", "--json")
        self.start_signals()
        for name in ("paper", "guard"):
            self._child(name, "run", name)
        self._child("api", "api")
        until(lambda: self.stage.ends(GUARD_JOURNAL)[0] >= 3, "the guard to begin", PATIENCE_S)
        until(
            lambda: self.run("curl http://127.0.0.1:8000/healthz").code == 0, "the API to answer", PATIENCE_S
        )
        until(
            lambda: len(self.stage.bodies("account")) > 0, "the paper account to tell of itself", PATIENCE_S
        )
        config = self.stage.settings
        ports = {"api": config.api_port, "signals": config.flow_port, "paper": config.paper_port}
        self.prometheus = Prometheus({**ports, "guard": config.guard_port}, self.home)
        self._ending.callback(self.prometheus.child.stop)
        self._env["PROMETHEUS_URL"] = self.prometheus.url
        loaded = alerts_of(RULES).keys()
        until(lambda: {n for n, (health, _) in self.prometheus.states().items() if health == "ok"} == loaded,
              "Prometheus to have looked at every alert")  # fmt: skip

    def start_signals(self) -> None:
        """Start the signals flow, as compose would."""
        before = self.stage.ends("journal")
        self._signals = self._child("signals", "run", "signals")
        until(lambda: all(now > then for now, then in zip(self.stage.ends("journal"), before, strict=True)),
              "the flow to open its shards")  # fmt: skip

    def stop_signals(self) -> None:
        """Stop the signals flow, as compose would."""
        assert self._signals is not None
        assert self._signals.stop() == 0

    def run(self, line: str) -> Said:
        """Run one line of the page, filled in."""
        text = line.replace(":8000", f":{self.stage.settings.api_port}")
        if text.startswith("levibot ") and not SHELL.search(text):
            done = levibot(tuple(shlex.split(text)[1:]), self._env)
            return Said(line, done.code, done.out + done.err)
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            check=False, cwd=self.home, env=self._env, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        return Said(line, ended.returncode, ended.stdout + ended.stderr)

    def _child(self, name: str, *words: str) -> Child:
        log = self.home / f"{name}.log"
        child = Child(name, [LEVIBOT, *words], log=log, env=self._env)
        self._ending.callback(lambda: child.running and child.stop())
        return child
