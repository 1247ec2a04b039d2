"""One server as a foreground child of this process: started, awaited, stopped, paused, and never orphaned.

What it writes to stderr goes to a log file, whose tail is quoted whenever something goes wrong.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from connectors.embedded.errors import EmbeddedError

STOP_S = 10.0
TAIL_BYTES = 2_000
PROBE_S = 0.01
"""How often a server that cannot announce itself is asked whether it is ready."""


class Child:
    """A running server.

    ``talk`` gives it a line-by-line conversation over stdin and stdout; ``detached`` takes it out of this
    process's session, so that it can be left behind; ``env`` stands for the environment of this process.
    """

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        log: Path | None = None,
        talk: bool = False,
        detached: bool = False,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._log: IO[bytes] = log.open("ab+") if log else tempfile.TemporaryFile()  # noqa: SIM115  closed in ``_close``
        self._unread = b""
        pipe = subprocess.PIPE if talk else None
        try:
            self._process = subprocess.Popen(  # noqa: S603  a list built here, no shell
                command,
                stdin=pipe or subprocess.DEVNULL,
                stdout=pipe or self._log,
                stderr=self._log,
                bufsize=0,
                env=env,
                # Ctrl-C in a terminal reaches this process alone, which ends its children in order
                process_group=None if detached else 0,
                start_new_session=detached,
            )
        except OSError as error:
            self._log.close()
            raise EmbeddedError(f"{name} could not be started: {error}") from error

    @property
    def pid(self) -> int:
        """The process id, which stays what it was after the end."""
        return int(self._process.pid)

    @property
    def running(self) -> bool:
        """Whether the process is there, paused or not."""
        return self._process.poll() is None

    def ask(self, line: str, timeout_s: float) -> str:
        """Send one line and return the line that answers it; raise ``EmbeddedError`` without one."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line.encode() + b"\n")
        except OSError as error:
            raise self.failure(f"could not be asked {line!r} ({error})") from error
        return self.read_line(timeout_s)

    def read_line(self, timeout_s: float) -> str:
        """Return the next line of stdout; raise ``EmbeddedError`` after ``timeout_s`` or at the end."""
        assert self._process.stdout is not None
        deadline = time.monotonic() + timeout_s
        while b"\n" not in self._unread:
            ready, _, _ = select.select([self._process.stdout], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise self.failure(f"said nothing within {timeout_s:g} s")
            chunk = os.read(self._process.stdout.fileno(), 65_536)
            if not chunk:
                with contextlib.suppress(subprocess.TimeoutExpired):  # its end is about to follow
                    self._process.wait(STOP_S)
                raise self.failure("ended")
            self._unread += chunk
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()

    def wait_until(self, ready: Callable[[], bool], timeout_s: float) -> None:
        """Ask ``ready`` until it says yes; raise ``EmbeddedError`` after ``timeout_s`` or at the end."""
        deadline = time.monotonic() + timeout_s
        while not ready():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(PROBE_S)
                raise self.failure("ended before it was ready")
            if time.monotonic() > deadline:
                raise self.failure(f"was not ready within {timeout_s:g} s")

    def pause(self) -> None:
        """Freeze the process (SIGSTOP) and return once it stands still: it hangs, but its port stays open."""
        self._process.send_signal(signal.SIGSTOP)
        if self._process.returncode is None:
            os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def resume(self) -> None:
        """Let a paused process go on (SIGCONT)."""
        self._process.send_signal(signal.SIGCONT)

    def interrupt(self) -> None:
        """Ask the process to end as Ctrl-C in a terminal does."""
        self._process.send_signal(signal.SIGINT)

    def stop(self, timeout_s: float = STOP_S) -> int:
        """Ask the process to end (SIGTERM), kill it after ``timeout_s``; return its exit code."""
        self._process.terminate()
        self.resume()
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
        return self._close()

    def kill(self) -> int:
        """End the process with SIGKILL, as a crash would; return its exit code."""
        self._process.kill()
        return self._close()

    def leave(self) -> int:
        """Let the process live on, nobody's child any more, and return its pid."""
        self._log.close()
        self._process.returncode = 0  # else ``Popen`` warns about a child whose end it has not seen
        return self.pid

    def failure(self, what: str) -> EmbeddedError:
        """Return an error saying ``what`` happened, quoting the exit code and the last lines of the log."""
        code = self._process.poll()
        state = "still running" if code is None else f"exit code {code}"
        tail = self._tail() or "(nothing)"
        return EmbeddedError(f"{self.name} {what}; {state}; its last words:\n{tail}")

    def _tail(self) -> str:
        if self._log.closed:
            return ""
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - TAIL_BYTES))
        return self._log.read().decode(errors="replace").strip()

    def _close(self) -> int:
        code = self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            if stream is not None:
                stream.close()
        return int(code)
