"""The processes of a run: the three flows, of which the guard may be killed, and the API."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import NamedTuple

from connectors.embedded.child import Child
from connectors.embedded.tether import tethered
from connectors.kafka.topics import shards
from flows.chaos.arena import Place
from flows.chaos.worker import Worker
from models.judge.records import Shard

OPEN_S = 60.0


class Flow(Worker):
    """One of the flows, by its name."""

    def __init__(self, place: Place, name: str, every: list[Shard]) -> None:
        self.flow = name
        super().__init__(place, 0, every)
        self._reached: int | None = None

    def begin(self) -> None:
        """Start a process and wait until it answers."""
        self.start(guard_port=str(self._port))
        self.wait_until(lambda: self.health() is not None, OPEN_S, "does not answer")

    def reached(self) -> int | None:
        """Return the second up to which it has taken everything in, as far as is known."""
        found = self.health()
        if found is not None and found["second"]:
            self._reached = max(found["second"], self._reached or 0)
        return self._reached


class Processes(NamedTuple):
    """What runs."""

    signals: Flow
    paper: Flow
    guard: Flow
    shards: list[Shard]

    def reached(self) -> int | None:
        """Return the second that guard and account have both reached, None before either has."""
        found = self.guard.reached(), self.paper.reached()
        return None if None in found else min(second for second in found if second is not None)


@contextmanager
def started(place: Place) -> Iterator[Processes]:
    """Start everything, and leave nothing behind."""
    every = shards(place.settings)
    with ExitStack() as stack:
        signals, paper, guard = (
            stack.enter_context(closing(Flow(place, name, every))) for name in ("signals", "paper", "guard")
        )
        command = tethered([sys.executable, "-m", "api"])
        api = Child("the API", command, log=place.scratch / "api.log", env=place.env())
        stack.callback(api.stop)
        for flow in (signals, paper, guard):
            flow.begin()
        yield Processes(signals, paper, guard, every)
