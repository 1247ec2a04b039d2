"""One run of the signals flow as a process pinned to its core, timed from outside by what it published."""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.error import URLError

from benchmarks import machine
from benchmarks.brokers import Broker
from benchmarks.errors import BenchmarkError
from benchmarks.flow_settings import as_environment, flow_settings
from benchmarks.span import span
from benchmarks.ticks import TickTopic, settings_of
from connectors.embedded.child import Child
from models.judge.records import Shard

PATIENCE_S = 600.0
LOOK_EVERY_S = 0.2
STARTS = 3
"""A broker of which many topics were asked just now may not know their leaders yet; then a start ends."""
_COMMAND = [str(Path(sys.executable).with_name("levibot")), "run", "signals"]


class Worked(NamedTuple):
    """How long a flow worked, by the clock and by the processor, in seconds."""

    seconds: float
    cpu_s: float


class Flow:
    """The flow over a tick topic, with output, journal and control topics of its own.

    With the settings ``instance`` and ``of`` it is one of several that share the shards of the same tag.
    """

    def __init__(
        self,
        broker: Broker,
        ticks: TickTopic,
        redis_url: str,
        scratch: Path,
        tag: str,
        *,
        cores: Iterable[int] = machine.FLOW,
        **more: Any,
    ) -> None:
        self.ticks = ticks
        values = {
            **flow_settings(broker, ticks, redis_url, tag), "recovery_dir": scratch / f"state-{tag}", **more,
        }  # fmt: skip
        self.settings = settings_of(values)
        every = [Shard(ticks.name, p, p) for p in range(len(ticks.ends))]
        self.shards = [s for s in every if s.number % self.settings.of == self.settings.instance]
        self.ends = [ticks.ends[shard.partition] for shard in self.shards]
        broker.create(self.settings)
        self._env = as_environment(values)
        self._cores = cores
        self._log = scratch / f"{tag}-{self.settings.instance}.log"
        self.start()

    def start(self) -> None:
        """Start the process, also after a kill, and wait until it answers; as a supervisor, insist."""
        for left in reversed(range(STARTS)):
            with machine.on(self._cores):
                self.child = Child("the signals flow", _COMMAND, log=self._log, env=self._env)
            try:
                self.until(self._heard, "the flow to start")
                break
            except BenchmarkError:
                if self.child.running or not left:
                    raise
        self._since, self._cpu = time.monotonic(), machine.cpu_seconds(self.child.pid)

    def health(self) -> dict[str, Any]:
        """Return what the flow says of itself."""
        url = f"http://127.0.0.1:{self.settings.flow_port}/health"
        with urllib.request.urlopen(url, timeout=5.0) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def offsets(self) -> list[int]:
        """Return the next tick offset of each shard, as far as its records are delivered."""
        heads = self.health()["shards"]
        return [heads.get(shard.key, {"offset": 0})["offset"] for shard in self.shards]

    def until(self, condition: Callable[[], Any], what: str, *, every_s: float = LOOK_EVERY_S) -> None:
        """Wait for something; raise ``BenchmarkError`` if the flow ends or takes too long before it."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            if not self.child.running or time.monotonic() > deadline:
                raise BenchmarkError(str(self.child.failure(f"was not there while waiting for {what}")))
            time.sleep(every_s)

    def work_off(self) -> Worked:
        """Wait until every tick's records are delivered and return how long that took since the start."""
        self.until(lambda: self.offsets() == self.ends, "the last tick")
        return Worked(time.monotonic() - self._since, machine.cpu_seconds(self.child.pid) - self._cpu)

    def to_the_end(self) -> float:
        """Wait until every tick's records are delivered; return the share of its core the flow had."""
        worked = self.work_off()
        return worked.cpu_s / worked.seconds

    def stop(self) -> None:
        """Ask for a clean stop."""
        code = self.child.stop()
        if code != 0:
            last = self._log.read_text(errors="replace")[-2_000:]
            raise BenchmarkError(f"the flow ended with {code} instead of 0; its last words:\n{last}")

    def seconds(self) -> float:
        """Return the time from the first shard's opening to the last shard's last progress."""
        opened, ended = span(self.settings, self.shards, self.ends)
        return (ended - opened) / 1e3

    def _heard(self) -> bool:
        try:
            return bool(self.health())
        except URLError:
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.child.running:
            self.child.kill()
