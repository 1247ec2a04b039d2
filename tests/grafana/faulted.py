"""The whole product fed fifty times as fast as the clock, with faults, watched by Debian's Prometheus.

The settings are those of a demo but one: ages are the market's, so that the past is not shown as stale.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import yaml
from grafana.promtool import tool

from connectors.embedded import EmbeddedBroker, EmbeddedRedis, free_port
from connectors.embedded.child import Child
from tests.flows.running import LEVIBOT, Stage, until

SPEED, WATCHED_S = 50, 60
MARKET_S = 3_500
FEED = (
    "feed", "simulate", "--symbols", "5", "--rate", "3", "--edge", "1", "--speed", str(SPEED), "--seconds",
    str(MARKET_S), "--late", "0.01", "--duplicate", "0.01", "--corrupt", "0.01",
    "--future", "0.001", "--json",
)  # fmt: skip
FLOWS = ("signals", "paper", "guard")
START_S = 200.0
"""Bound on the start of everything at once on a busy machine."""


class Faulted:
    """The running product: its ports, its processes, and its Prometheus."""

    def __init__(self, stage: Stage, redis: EmbeddedRedis, folder: Path) -> None:
        self.stage, self._redis, self.folder = stage, redis, folder
        self.ports = {
            name: int(stage.values[f"{key}_port"])
            for name, key in (("signals", "flow"), ("paper", "paper"), ("guard", "guard"), ("api", "api"))
        }
        self.prometheus = free_port()
        self._children: dict[str, Child] = {}
        self.began = self.ended = 0.0

    def start(self, name: str, *command: str) -> Child:
        """Start a process, or one again that has ended."""
        child = Child(name, list(command), log=self.folder / f"{name}.log", env=self.stage.env)
        self._children[name] = child
        return child

    def begin(self) -> None:
        """Start everything but the feed, and wait until each process is well."""
        for name in FLOWS:
            self.start(name, LEVIBOT, "run", name)
        self.start("api", sys.executable, "-m", "api")
        config = self.folder / "prometheus.yml"
        config.write_text(yaml.safe_dump(self._scrapes()))
        self.start(
            "prometheus", tool("prometheus"), f"--config.file={config}",
            f"--storage.tsdb.path={self.folder}/tsdb",
            f"--web.listen-address=127.0.0.1:{self.prometheus}", "--log.level=warn",
        )  # fmt: skip
        for name in (*FLOWS, "api"):
            until(
                lambda name=name: self.health(name) == 200, f"{name} to be well; see {self.folder}", START_S
            )
        until(self._is_ready, "Prometheus to be ready")

    def _scrapes(self) -> dict[str, Any]:
        jobs = [
            {"job_name": name, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
            for name, port in self.ports.items()
        ]
        return {"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": jobs}

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.prometheus}/-/ready", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def health(self, name: str) -> int:
        """Return the status of a process's ``/health``, 0 where it does not answer."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.ports[name]}/health", timeout=2).status_code
        except httpx.HTTPError:
            return 0

    def page(self, name: str) -> str:
        """Return a process's metrics."""
        return httpx.get(f"http://127.0.0.1:{self.ports[name]}/metrics", timeout=10).text

    def run(self) -> None:
        """Feed, with one fault after the other as soon as Prometheus has seen the last, and with callers."""
        self.began, ending = time.time(), threading.Event()
        caller = threading.Thread(target=self._call, args=(ending,))
        caller.start()
        feed = self.start("feed", LEVIBOT, *FEED, "--topic", self.stage.ticks)
        try:
            for fault, effect in self._faults():
                fault()
                until(lambda effect=effect: self.holds(effect), effect, START_S)
            time.sleep(max(0.0, self.began + WATCHED_S - time.time()))  # the clock is what is waited for
        finally:
            ending.set()
            caller.join()
            feed.kill()
        self.ended = time.time()

    def _faults(self) -> list[tuple[Callable[[], object], str]]:
        """Return what is done, and by what it shows."""
        api = 'job="api"'

        def control(*words: str) -> Callable[[], object]:
            return lambda: self.stage.levibot("control", *words)

        return [
            (lambda: None, f"sum(levibot_signals_total{{{api}}}) > 100"),
            (control("kill"), f"min(levibot_killed{{{api}}}) == 1"),
            (control("unkill", "--reason", "tried"), f"max(levibot_killed{{{api}}}) == 0"),
            (control("model.select", "constant-0.99"), f"levibot_model_switches_total{{{api}}} == 1"),
            (control("rollout", "preview"), f"min(levibot_preview{{{api}}}) == 1"),
            (control("rollout", "1.0"), f"max(levibot_preview{{{api}}}) == 0"),
            (control("weights.set", "--member", "ml-fusion=3", "--member", "river-logistic=1"),
             f'levibot_ensemble_weight{{{api},member="ml-fusion"}} == 0.75'),
            (self._children["signals"].kill, f'levibot_online{{{api},process="signals"}} == 0'),
            (lambda: self.start("signals", LEVIBOT, "run", "signals"),
             f'levibot_online{{{api},process="signals"}} == 1'),
            (self._redis.pause, f"levibot_redis_up{{{api}}} == 0"),
            (self._redis.resume, f"levibot_redis_up{{{api}}} == 1"),
            (control("model.select", "stub-sine"), f"levibot_model_switches_total{{{api}}} == 2"),
            (control("model.select", "ensemble"), f"levibot_model_switches_total{{{api}}} == 3"),
        ]  # fmt: skip

    def holds(self, expr: str) -> bool:
        """Return whether a query has an answer now."""
        answer = httpx.get(
            f"http://127.0.0.1:{self.prometheus}/api/v1/query", params={"query": expr}, timeout=30
        )
        return bool(answer.json()["data"]["result"])

    def _call(self, ending: threading.Event) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{self.ports['api']}", timeout=10) as client:
            number = 0
            while not ending.wait(0.1 if number // 20 % 2 else 0.5):
                number += 1
                symbol = "NOBODY" if number % 5 == 0 else "BTCUSDT"
                with contextlib.suppress(httpx.HTTPError):
                    client.get("/ai/predict", params={"symbol": symbol})

    def series(self, expr: str) -> list[list[tuple[float, float]]]:
        """Return the series of a query over the run, a point a second; what is no number is left out."""
        answer = httpx.get(
            f"http://127.0.0.1:{self.prometheus}/api/v1/query_range",
            params={"query": expr, "start": self.began, "end": self.ended, "step": 1},
            timeout=30,
        ).json()
        assert answer["status"] == "success", (expr, answer)
        found = answer["data"]["result"]
        return [[(at, float(v)) for at, v in one["values"] if v not in ("NaN", "+Inf")] for one in found]

    def end(self) -> None:
        """End every process."""
        for child in self._children.values():
            if child.running:
                child.kill()


@contextlib.contextmanager
def faulted(folder: Path) -> Iterator[Faulted]:
    """Run the product once, and leave it running to be looked at."""
    with EmbeddedRedis() as redis:
        ports = {f"{name}_port": str(free_port()) for name in ("flow", "paper", "guard", "api")}
        settings = {
            "partitions": "2", "stale_after_s": "3600", "extra_models": "constant-0.99",
            "predict_per_minute": "0", "canary_policy_file": f"{folder}/canary_policy.json",
        }  # fmt: skip
        stage = Stage("nowhere", redis.url, **ports, **settings)
        with EmbeddedBroker(stage.topics()) as broker:
            running = Faulted(stage.at(broker.bootstrap), redis, folder)
            try:
                running.begin()
                running.run()
                yield running
            finally:
                running.end()
