"""Running a dataflow as a process: clean stop on SIGTERM and SIGINT, any other end is a failure."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import NoReturn

from bytewax.dataflow import Dataflow
from bytewax.errors import BytewaxRuntimeError
from bytewax.recovery import RecoveryConfig
from bytewax.run import cli_main

ALLOCATIONS = 50_000
"""More containers than one batch leaves standing at a time."""
OLDER = (20, 50)
"""Looks at the young after which the collector looks at those that outlived one, and at all others."""


class Stop:
    """A flag that makes the sources end, so that the engine drains, snapshots and exits 0."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def __call__(self) -> bool:
        """Return whether to stop."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Return whether to stop, waiting so long for it."""
        return self._event.wait(seconds)

    def request(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Ask for a clean stop."""
        self._event.set()

    def on_signals(self) -> None:
        """Ask for a clean stop on SIGTERM and SIGINT."""
        signal.signal(signal.SIGTERM, self.request)
        signal.signal(signal.SIGINT, self.request)


def leave() -> NoReturn:
    """End the process with exit code 0, once everything is flushed and closed.

    An ordinary exit takes the clients down that the engine still holds, and librdkafka was seen to wait there
    for over ten seconds: a supervisor would have taken a clean stop for a hang and killed it.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def run(flow: Dataflow, epoch: timedelta, store: Path | None = None) -> None:
    """Run a dataflow on one worker until its sources end, with snapshots after each epoch in ``store``.

    Raises what a step raised, without the engine's wrapping.
    """
    collect_seldom()
    recovery = RecoveryConfig(store) if store else None  # type: ignore[no-untyped-call]
    try:
        cli_main(flow, workers_per_process=1, epoch_interval=epoch, recovery_config=recovery)  # type: ignore[no-untyped-call]
    except BytewaxRuntimeError as error:
        raise (error.__cause__ or error) from None


def collect_seldom() -> None:
    """Keep the garbage collector from what start-up has made, and let it look after many allocations.

    A batch is tens of thousands of short-lived objects without a cycle among them, so its looks find nothing
    and cost a tenth of catching up.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, *OLDER)
