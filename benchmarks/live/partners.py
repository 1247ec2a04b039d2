"""Processes beside the flow that talk by lines: a feeder, a reader. They run on the cores of the others."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, Self

import orjson

from benchmarks import machine
from connectors.embedded.child import Child
from connectors.settings import environment

START_S = 60.0
ANSWER_S = 120.0


class Partner:
    """A module of this package as a process that has said ``ready``; it ends with the block."""

    def __init__(self, module: str, *arguments: object) -> None:
        command = [sys.executable, "-m", f"benchmarks.live.{module}", *map(str, arguments)]
        with machine.on(machine.OTHERS):
            self._child = Child(
                module, command, talk=True, env=environment() | {"PYTHONPATH": str(machine.ROOT)}
            )
        said = self._child.read_line(START_S)
        if said != "ready":
            raise self._child.failure(f"said {said!r} instead of ready")

    def ask(self, line: str) -> Any:
        """Send a line and return the JSON of the line that answers it."""
        return orjson.loads(self._child.ask(line, ANSWER_S))

    def answer(self, within_s: float) -> Any:
        """Return the JSON of the next line."""
        return orjson.loads(self._child.read_line(within_s))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.kill()
