"""One reader for every open page: the state is read once a second while somebody looks, and told to all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

EVERY_S = 1.0
MOST = 100
"""Streams that are open at once at most."""


_LOG = logging.getLogger(__name__)


class FullError(Exception):
    """As many streams are open as there may be; close a page, or read ``/panel/state`` instead."""


class Hub:
    """Reads in a thread, as one task while there are listeners; belongs to one event loop.

    ``read`` is told whether it is the first time since somebody listens.

    Delivery promise: each listener gets the newest state at once and then what follows; one that is slow
    misses states, and gets the newest again.
    """

    def __init__(self, read: Callable[[bool], bytes], every_s: float = EVERY_S, most: int = MOST) -> None:
        self._read = read
        self._every_s = every_s
        self._most = most
        self._listeners: set[asyncio.Event] = set()
        self._newest: tuple[int, bytes] | None = None
        self._task: asyncio.Task[None] | None = None
        self._number = 0
        self._closed = False

    @property
    def open(self) -> int:
        """Return how many listen."""
        return len(self._listeners)

    def join(self) -> asyncio.Event:
        """Take a place, which is given back by ``leave``; raises ``FullError`` where there is none."""
        if len(self._listeners) >= self._most:
            raise FullError(f"{self._most} streams are open, which is as many as there may be")
        woken = asyncio.Event()
        self._listeners.add(woken)
        if self._newest is not None:
            woken.set()
        if self._task is None and not self._closed:
            self._task = asyncio.create_task(self._run())
        return woken

    def leave(self, woken: asyncio.Event) -> None:
        """Give a place back; nothing is read once nobody listens."""
        self._listeners.discard(woken)
        if not self._listeners and self._task is not None:
            self._task.cancel()
            self._task, self._newest = None, None

    async def states(self, woken: asyncio.Event) -> AsyncIterator[tuple[int, bytes]]:
        """Yield numbered states until the hub is closed; the newest first of all."""
        while not self._closed:
            await woken.wait()
            woken.clear()
            if self._newest is not None and not self._closed:
                yield self._newest

    def close(self) -> None:
        """End every stream: the server is about to stop. Called in the event loop's thread."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
        self._wake()

    async def _run(self) -> None:
        loop, first = asyncio.get_running_loop(), True
        while True:
            began = loop.time()
            try:
                body = await asyncio.to_thread(self._read, first)
            except Exception:  # the pages must see time go on without news, not a stream that hangs for ever
                _LOG.exception("the panel's state could not be made; this is a defect")
            else:
                first = False
                self._number += 1
                self._newest = self._number, body
                self._wake()
            await asyncio.sleep(max(0.0, began + self._every_s - loop.time()))

    def _wake(self) -> None:
        for woken in self._listeners:
            woken.set()
