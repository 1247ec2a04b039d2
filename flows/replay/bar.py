"""A progress bar on stderr, where that is a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

STEP = 512
"""Records between two looks at the bar."""

Told = Callable[[int], None]


@contextmanager
def bar(label: str, *, visible: bool = True) -> Iterator[Callable[[int | None], Told]]:
    """Give what takes the number of records to come, None for unknown, and returns what hears of each."""
    console = Console(stderr=True)
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = visible and console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=not shown) as progress:
        yield lambda total: _Counter(progress, total) if shown else _silent


class _Counter:
    def __init__(self, progress: Progress, total: int | None) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=total)
        self._done = self._drawn = 0

    def __call__(self, records: int) -> None:
        self._done += records
        if self._done - self._drawn >= STEP:
            self._drawn = self._done
            self._progress.update(self._task, completed=self._done)


def _silent(_: int) -> None:
    """Show nothing."""
