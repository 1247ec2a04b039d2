"""How far reading has come, on stderr where that is a terminal, and only where it takes over two seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

HIDDEN_S = 2.0


@contextmanager
def reading(
    label: str,
    *,
    visible: bool = True,
    console: Console | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Callable[[int], None]]:
    """Give what hears how many records were read."""
    console = console or Console(stderr=True)
    meter = _Meter(label, console, clock)
    try:
        yield meter if visible and console.is_terminal else _silent
    finally:
        meter.close()


class _Meter:
    def __init__(self, label: str, console: Console, clock: Callable[[], float]) -> None:
        self._label = label
        self._console = console
        self._clock = clock
        self._begins = clock() + HIDDEN_S
        self._done = 0
        self._bar: tuple[Progress, TaskID] | None = None

    def __call__(self, records: int) -> None:
        self._done += records
        if self._clock() >= self._begins:
            progress, task = self._bar = self._bar or self._drawn()
            progress.update(task, records=f"{self._done:,} records")

    def _drawn(self) -> tuple[Progress, TaskID]:
        columns = TextColumn(self._label), BarColumn(), TextColumn("{task.fields[records]}")
        progress = Progress(*columns, TimeElapsedColumn(), console=self._console, transient=True)
        progress.start()
        return progress, progress.add_task(self._label, total=None, records="")

    def close(self) -> None:
        if self._bar:
            self._bar[0].stop()


def _silent(_: int) -> None:
    """Show nothing."""
