"""How the life of a process may end, and what outlives it."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from tests.simulation.broker import Place, Stored

GAVE_UP = re.compile(
    "another process (writes|opened)|another one took over|did not acknowledge|nothing came for|did not come"
    "|the transaction of output records failed"
)
"""Why a process may end itself, to be started again: it seems to be replaced, or nobody answers."""


class Crash(BaseException):
    """The process is killed here: nothing of it runs any more."""


class Living(Protocol):
    """A process that can be moved on."""

    def turn(self) -> None:
        """Let the engine go on a little."""


class Frozen(BaseException):  # no error: a process that is suspended here, and perhaps replaced
    """The process is suspended; it may be woken beside the one that replaces it."""

    def __init__(self, process: Living) -> None:
        super().__init__()
        self.process = process


class Sender(Protocol):
    """What still may write when its process is dead."""

    def dies(self) -> None:
        """Hand over to the world what is under way."""


@dataclass(slots=True)
class Late:
    """What a dead process had sent to one partition of the journal, in order."""

    where: Place
    records: deque[Stored]
    after: int  # so many points of the run
