"""The living line of a bridge: rate, lag, connections and what is missing, on a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn

from connectors.feed.live.summary import LiveSummary

_REFRESH_S = 0.5


class Line:
    """Draw on a terminal only; ``visible=False`` never draws."""

    def __init__(
        self,
        *,
        visible: bool = True,
        console: Console | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console = console or Console(stderr=True)
        self._visible = visible and self._console.is_terminal
        self._clock = clock
        self._drawn: tuple[Progress, TaskID] | None = None
        self._last = (clock(), 0)
        self._rate = 0.0

    def update(self, summary: LiveSummary) -> None:
        """Show how things stand, at most twice a second."""
        now = self._clock()
        since, records = self._last
        if not self._visible or now - since < _REFRESH_S:
            return
        self._rate = (summary.records - records) / (now - since)
        self._last = (now, summary.records)
        progress, task = self._drawn or self._begun()
        progress.update(task, told=line_of(summary, self._rate))

    def _begun(self) -> tuple[Progress, TaskID]:
        progress = Progress(
            SpinnerColumn(), TextColumn("{task.fields[told]}"), console=self._console, transient=True
        )
        progress.start()
        self._drawn = progress, progress.add_task("live", total=None, told="")
        return self._drawn

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn:
            self._drawn[0].stop()


def line_of(summary: LiveSummary, rate: float) -> str:
    """Return how a bridge stands, in one line."""
    lag = summary.lags.recent_ms
    parts = [
        f"{summary.venue}: {summary.records:,} records at {rate:,.0f}/s",
        "no trade yet" if lag is None else f"lag {lag:,.0f} ms",
        f"{len(summary.symbols)} symbols",
        f"{summary.losses.total()} troubles",
        f"{summary.missing:,} trades missing in {summary.gap_count:,} gaps",
    ]
    return " · ".join(parts)
