"""Progress of a training run on stderr, where that is a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

Told = Callable[[float, str], None]
"""Hears which share of a stage is done, from 0 to 1, and what there is to say about it."""


@contextmanager
def stage(label: str, *, visible: bool = True) -> Iterator[Told]:
    """Show one stage with its share, a note and the time left."""
    console = Console(stderr=True)
    shown = visible and console.is_terminal
    columns = (
        TextColumn(label), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True, disable=not shown) as progress:
        task = progress.add_task("", total=1.0, note="")

        def told(share: float, note: str = "") -> None:
            progress.update(task, completed=share, note=note)

        yield told
