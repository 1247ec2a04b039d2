"""What goes wrong inside a replay: the dataflow ends quietly, and the error is raised behind it.

An exception that passes through the engine would bury its message under a stack of the engine's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.recording.errors import RecordingError


class Failure:
    """The first expected error of a replay; source and sink note it, and the source ends."""

    def __init__(self) -> None:
        self.first: RecordingError | None = None

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note a ``RecordingError`` instead of raising it."""
        try:
            yield
        except RecordingError as error:
            self.first = self.first or error

    def check(self) -> None:
        """Raise what was noted."""
        if self.first is not None:
            raise self.first
