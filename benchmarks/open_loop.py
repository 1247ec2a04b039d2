"""Readers that ask by the clock, whether or not the answer before has come: a slow answer makes others late.

A reader has one connection, so what is due while it waits is asked as soon as it can be; its time is counted
from when it was due (G. Tene's "coordinated omission").
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

PATIENCE_S = 10.0


class Answer(NamedTuple):
    """How long a request took from the moment it was due, ms, and its status; 0 where none came."""

    path: str
    ms: float
    status: int


class Connection:
    """A keep-alive connection that asks for one thing after another."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> int:
        """Return the status of an answer, once its body is here; 0 where none comes in time."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._get(path)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            self.close()
            return 0

    async def _get(self, path: str) -> int:
        self._streams = self._streams or await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
        await reader.readexactly(int(fields[b"content-length"]))
        if fields.get(b"connection") == b"close":
            self.close()
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        """End the connection; the next request makes a new one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def load(
    host: str, port: int, paths: Sequence[str], readers: int, rate: float, seconds: float,
    done: Callable[[int], None],
) -> list[Answer]:  # fmt: skip
    """Return the answers to ``readers`` who each ask ``rate`` times a second; ``done`` hears how many."""
    answers: list[Answer] = []
    began = time.perf_counter() + 0.1

    async def read(number: int) -> None:
        connection = Connection(host, port)
        for n in range(round(rate * seconds)):
            due = began + (n + number / readers) / rate
            await asyncio.sleep(max(due - time.perf_counter(), 0.0))
            path = paths[(n + number) % len(paths)]
            status = await connection.get(path)
            answers.append(Answer(path, (time.perf_counter() - due) * 1_000, status))
            done(len(answers))
        connection.close()

    await asyncio.gather(*(read(number) for number in range(readers)))
    return answers
