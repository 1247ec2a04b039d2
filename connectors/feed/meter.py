"""How a feed is getting on: a progress bar on stderr with ticks per second and time left."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

_HIDDEN_S = 2.0
_REFRESH_S = 0.2


class Meter:
    """Draw on a terminal, and only for runs that last over 2 s; ``visible=False`` never draws."""

    def __init__(
        self,
        label: str,
        *,
        visible: bool = True,
        console: Console | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._label = label
        self._console = console or Console(stderr=True)
        self._visible = visible and self._console.is_terminal
        self._clock = clock
        self._began = clock()
        self._next = self._began + _HIDDEN_S
        self._bar: tuple[Progress, TaskID] | None = None

    def update(self, records: int, done: float | None) -> None:
        """Show that ``records`` are sent and the share ``done`` of the whole, None where it has no end."""
        now = self._clock()
        if not self._visible or now < self._next:
            return
        self._next = now + _REFRESH_S
        progress, task = self._bar or self._drawn(endless=done is None)
        rate = f"{records / (now - self._began):,.0f} ticks/s"
        progress.update(task, completed=done or 0.0, records=f"{records:,}", rate=rate)

    def _drawn(self, *, endless: bool) -> tuple[Progress, TaskID]:
        columns = (TextColumn(self._label), TextColumn("{task.fields[records]} at {task.fields[rate]}"))
        bounded = () if endless else (BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        progress = Progress(*columns, *bounded, console=self._console, transient=True)
        progress.start()
        task = progress.add_task(self._label, total=None if endless else 1.0, records="", rate="")
        self._bar = progress, task
        return self._bar

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar[0].stop()
