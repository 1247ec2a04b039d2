"""One run of the signals flow as a process pinned to its core, timed from outside by what it published."""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError

from benchmarks import machine
from benchmarks.brokers import Broker
from benchmarks.errors import BenchmarkError
from benchmarks.published import records
from benchmarks.ticks import TickTopic, instance, settings_of
from connectors.codecs.wire import decode_entry
from connectors.embedded import free_port
from connectors.embedded.child import Child
from connectors.kafka.messages import timestamp_ms
from connectors.kafka.topics import JOURNAL, output
from connectors.settings import Settings, environment
from models.journal.entry import OPEN
from models.judge.records import PROGRESS, Shard

SECRET = "a secret for benchmarks alone"
PATIENCE_S = 600.0
LOOK_EVERY_S = 0.2
_CONFIGS = Path(__file__).parent.parent / "configs"


class Flow:
    """The flow over a tick topic, with output, journal and control topics of its own."""

    def __init__(
        self, broker: Broker, ticks: TickTopic, redis_url: str, scratch: Path, tag: str, **more: Any
    ) -> None:
        self.ticks = ticks
        self.shards = [Shard(ticks.name, p, p) for p in range(len(ticks.ends))]
        values = {**_values(broker, ticks, redis_url, tag), "recovery_dir": scratch / f"state-{tag}", **more}
        self.settings = settings_of(values)
        broker.create(self.settings)
        foreign = {
            name: value for name, value in environment().items() if name.lower() not in Settings.model_fields
        }
        env = foreign | {name.upper(): str(value) for name, value in values.items()}
        command = [str(Path(sys.executable).with_name("levibot")), "run", "signals"]
        with machine.on(machine.FLOW):
            self._log = scratch / f"{tag}.log"
            self.child = Child("the signals flow", command, log=self._log, env=env)
        self.until(self._heard, "the flow to start")
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

    def to_the_end(self) -> float:
        """Wait until every tick's records are delivered; return the share of its core the flow had."""
        self.until(lambda: self.offsets() == list(self.ticks.ends), "the last tick")
        return (machine.cpu_seconds(self.child.pid) - self._cpu) / (time.monotonic() - self._since)

    def stop(self) -> None:
        """Ask for a clean stop."""
        code = self.child.stop()
        if code != 0:
            last = self._log.read_text(errors="replace")[-2_000:]
            raise BenchmarkError(f"the flow ended with {code} instead of 0; its last words:\n{last}")

    def seconds(self) -> float:
        """Return the time from the first shard's opening to the last shard's last progress.

        Both are broker timestamps. A shard opens its journal before it asks for its first tick; the progress
        at its last tick covers every record that the ticks before it released.
        """
        opened = []
        for shard in self.shards:
            entries = records(self.settings, output(JOURNAL, self.settings), shard.number)
            opened += [timestamp_ms(m) for m in entries if decode_entry(m.value()).kind == OPEN]
        return (max(self._ended(shard.number) for shard in self.shards) - min(opened)) / 1e3

    def _ended(self, partition: int) -> int:
        for message in records(self.settings, output(PROGRESS, self.settings), partition):
            body = json.loads(message.value() or b"")
            if body["caused_by"]["offset"] == self.ticks.ends[partition]:
                return timestamp_ms(message)
        raise BenchmarkError(f"no progress at the end of {self.ticks.name}/{partition}")

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


def _values(broker: Broker, ticks: TickTopic, redis_url: str, tag: str) -> dict[str, Any]:
    return {
        **instance(broker, ticks.name),
        "topic_suffix": f"-{tag}",
        "control_topic": f"control-{tag}",
        "redis_url": redis_url,
        "admin_secret": SECRET,
        "flow_host": "127.0.0.1",
        "flow_port": free_port(),
        "flags_file": str(_CONFIGS / "flags.yaml"),
        "rules_file": str(_CONFIGS / "rules.yml"),
        "log_format": "json",
        "start": "earliest",
    }
