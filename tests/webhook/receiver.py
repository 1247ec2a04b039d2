"""A webhook's receiver: a real server on loopback that answers as it is told, and keeps what it was sent."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self

SECRET = "T000-B000-secretsecret"
HANG = 0
"""Stands for an answer that does not come until the receiver is closed."""


class Reply(NamedTuple):
    """What is answered: a status, and headers."""

    code: int
    headers: Mapping[str, str] = {}


class Receiver:
    """Answers each post with the next reply, with 200 behind the last."""

    def __init__(self, replies: Sequence[Reply | int] = ()) -> None:
        self._replies = [reply if isinstance(reply, Reply) else Reply(reply) for reply in replies]
        self._end = threading.Event()
        self._arrived: queue.Queue[tuple[int, Any]] = queue.Queue()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                reply = receiver._next()
                receiver._arrived.put((reply.code, body))
                if reply.code == HANG:
                    receiver._end.wait()
                    return
                self.send_response(reply.code)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/services/{SECRET}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _next(self) -> Reply:
        return self._replies.pop(0) if self._replies else Reply(200)

    def arrived(self, timeout_s: float = 60.0) -> tuple[int, Any]:
        """Return the next post: what is answered to it, and its body."""
        return self._arrived.get(timeout=timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._server.shutdown()
        self._server.server_close()
