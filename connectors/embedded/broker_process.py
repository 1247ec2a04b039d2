"""The embedded broker as seen by whoever started it: where it listens, and the faults it can be given."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from connectors.embedded.child import Child
from connectors.embedded.errors import EmbeddedError

READY_S = 30.0
ANSWER_S = 10.0


class EmbeddedBroker:
    """A mock Kafka broker in a child process, which outlives a killed flow and dies with this process.

    Everything it holds is gone when it ends, which is why ``run_id`` names the log: another id, another log.
    With ``run_dir`` it leaves ``broker.json`` (where it listens) and ``broker.log`` there.
    """

    bootstrap: str
    run_id: str

    def __init__(self, topics: Mapping[str, int], run_dir: Path | None = None) -> None:
        command = [sys.executable, "-m", "connectors.embedded.broker", "--with-parent"]
        command += ["--topics", ",".join(f"{name}:{partitions}" for name, partitions in topics.items())]
        if run_dir is not None:
            run_dir.mkdir(parents=True, exist_ok=True)
            command += ["--ready-file", str(run_dir / "broker.json")]
        log = run_dir / "broker.log" if run_dir else None
        self._child = Child("the embedded broker", command, log=log, talk=True)
        try:
            ready = json.loads(self._child.read_line(READY_S))
        except BaseException:
            self._child.kill()
            raise
        self.bootstrap = ready["bootstrap"]
        self.run_id = ready["run_id"]

    @property
    def pid(self) -> int:
        """The broker's process id."""
        return self._child.pid

    def create(self, topic: str, partitions: int) -> None:
        """Create a topic, which must not have been used before; raise ``EmbeddedError`` if refused."""
        self._tell(f"create {topic} {partitions}")

    def down(self) -> None:
        """Drop every connection and accept no new one until ``up``; records are kept."""
        self._tell("down")

    def up(self) -> None:
        """Accept connections again."""
        self._tell("up")

    def rtt(self, ms: int) -> None:
        """Delay every answer of the broker by ``ms`` milliseconds."""
        self._tell(f"rtt {ms}")

    def errors(self, api: str, codes: Sequence[int]) -> None:
        """Answer the next requests of ``api`` (``produce``, ``fetch``, ...) with these Kafka error codes."""
        self._tell(f"errors {api} {','.join(map(str, codes))}")

    def pause(self) -> None:
        """Freeze the broker: connections stay open, nothing is answered."""
        self._child.pause()

    def resume(self) -> None:
        """Let a paused broker go on."""
        self._child.resume()

    def stop(self) -> int:
        """End the broker and forget its records; return its exit code, 0 for a clean end."""
        return self._child.stop()

    def kill(self) -> int:
        """End the broker as a crash would."""
        return self._child.kill()

    def _tell(self, command: str) -> None:
        reply = self._child.ask(command, ANSWER_S)
        if reply != "ok":
            raise EmbeddedError(f"the embedded broker answered {command!r} with {reply!r}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
