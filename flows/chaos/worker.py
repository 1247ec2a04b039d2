"""One instance of a flow, and its many processes one after another."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.error import URLError

from connectors.embedded import free_port
from connectors.embedded.child import Child
from connectors.embedded.tether import tethered
from connectors.kafka.clients import consumer
from connectors.kafka.reading import ends
from flows.chaos.arena import Place
from models.judge.records import Shard

LEVIBOT = str(Path(sys.executable).with_name("levibot"))
LOOK_EVERY_S = 0.01
_DIED = re.compile(r"^failpoint (\S+)$", re.MULTILINE)


class ChaosError(RuntimeError):
    """The chaos could not go on; the message quotes the log of who ended it."""


class Worker:
    """Starts, kills and awaits the processes of one instance of the signals flow."""

    flow = "signals"

    def __init__(self, arena: Place, instance: int, shards: list[Shard]) -> None:
        self.instance = instance
        self.shards = shards
        self.starts = 0
        self.died_at = 0.0  # monotonic
        self._arena = arena
        self._machine = 0
        self._port = free_port()
        self._child: Child | None = None
        self._log = arena.scratch / f"{self.name}.log"

    @property
    def name(self) -> str:
        """Return what its logs and its state are called."""
        return f"{self.flow}-{self.instance}"

    @property
    def folder(self) -> Path:
        """Return where its state is kept, unless a start says otherwise."""
        return self._arena.scratch / f"state-{self.name}-{self._machine}"

    @property
    def running(self) -> bool:
        """Return whether there is a process."""
        return self._child is not None and self._child.running

    @property
    def process(self) -> Child:
        """Return the present process."""
        assert self._child is not None
        return self._child

    def start(self, failpoint: str = "", *, under: Sequence[str] = (), **env: str) -> None:
        """Start a process, ``under`` another program if given."""
        self.starts += 1
        self._log = self._arena.scratch / f"{self.name}-{self.starts:04d}.log"
        own = {"instance": str(self.instance), "recovery_dir": str(self.folder), "failpoint": failpoint}
        ports = {"flow_port": str(self._port), "paper_port": str(self._port)}  # of which it has one
        program = [LEVIBOT, "run", self.flow]
        command = [*under, *program] if under else tethered(program)
        environment = self._arena.env(**(own | ports | env))
        self._child = Child(f"the {self.flow} flow", command, log=self._log, env=environment)

    def close(self) -> None:
        """Leave no process behind."""
        if self.running:
            self.kill()

    def move(self) -> Child:
        """Leave folder and process behind, as to another machine, and return that process."""
        left = self.process
        self._machine += 1
        self._port = free_port()
        return left

    def kill(self) -> None:
        """Kill the process, as a crash would, and what it runs under."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.died_at = time.monotonic()

    def wait_for_death(self, within_s: float) -> str | None:
        """Return the failpoint where the process died, "" for another place, None where it lives on.

        Raises ``ChaosError`` if it ended otherwise than by a kill.
        """
        deadline = time.monotonic() + within_s
        while self.running:
            if time.monotonic() > deadline:
                return None
            time.sleep(LOOK_EVERY_S)
        self.died_at = time.monotonic()
        code = self.process.kill()
        if code != -signal.SIGKILL:
            raise ChaosError(f"{self.name} ended by itself, exit code {code}:\n{self.last_words()}")
        found = _DIED.findall(self._log.read_text(errors="replace"))
        return found[-1] if found else ""

    def wait_for_end(self, within_s: float) -> int:
        """Return the exit code once the process has ended by itself; kill it after ``within_s``."""
        deadline = time.monotonic() + within_s
        while self.running and time.monotonic() < deadline:
            time.sleep(LOOK_EVERY_S)
        ended = not self.running
        code = self.process.kill()
        self.died_at = time.monotonic()
        if not ended or code == 0:
            raise ChaosError(f"{self.name} should have ended by itself:\n{self.last_words()}")
        return code

    def wait_until_open(self, within_s: float = 30.0) -> None:
        """Wait until it has opened all of its shards."""
        self.wait_until(lambda: bool(self.positions()), within_s, "does not open its shards")

    def wait_until(self, holds: Callable[[], bool], within_s: float, otherwise: str) -> None:
        """Wait for something; raise ``ChaosError`` if the process ends or takes too long before it."""
        deadline = time.monotonic() + within_s
        while not holds():
            if not self.running or time.monotonic() > deadline:
                raise ChaosError(f"{self.name} {otherwise}, but says {self.health()}:\n{self.last_words()}")
            time.sleep(LOOK_EVERY_S)

    def goal(self) -> dict[str, int]:
        """Return where it must stand to have caught up with its input as it is now."""
        with closing(consumer(self._arena.settings.kafka_bootstrap)) as client:
            return {shard.key: ends(client, shard.topic, shard.partition)[1] for shard in self.shards}

    def stands(self, goal: dict[str, int]) -> bool:
        """Return whether it stands there."""
        positions = self.positions()
        return positions is not None and all(positions.get(key, -1) >= end for key, end in goal.items())

    def positions(self) -> dict[str, int] | None:
        """Return the next tick of each of its shards, None while it does not answer."""
        found = self.health()
        return None if found is None else found["positions"]

    def seconds(self) -> dict[str, int]:
        """Return the second below which all is closed, by shard, of those that published since start."""
        found = self.health()
        return {} if found is None else {key: head["second"] for key, head in found["shards"].items()}

    def health(self) -> dict[str, Any] | None:
        """Return what it says of itself, None while it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/health", timeout=1.0) as answer:
                found: dict[str, Any] = json.load(answer)
        except (URLError, OSError, ValueError):
            return None
        return found

    def last_words(self) -> str:
        """Return the end of the present process's log."""
        return self._log.read_text(errors="replace")[-3_000:]
