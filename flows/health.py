"""The flow's own port: ``/health`` and ``/metrics`` of one process, on loopback unless set otherwise."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

StartResponse = Callable[..., Any]

_METHODS = ("GET", "HEAD")


class _Server(ThreadingMixIn, WSGIServer):
    """Gives each connection a thread, so that one that says nothing holds up neither others nor the end."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    timeout = 10.0

    def log_message(self, format: str, *args: Any) -> None:
        """Write no access log."""


class HealthServer:
    """Serves in a thread of its own; ``status`` is asked at each request.

    ``/health`` answers with it as JSON: 200 where its ``ok`` is true, else 503.
    """

    def __init__(
        self, host: str, port: int, registry: CollectorRegistry, status: Callable[[], dict[str, Any]]
    ) -> None:
        metrics = make_wsgi_app(registry)

        def app(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
            if environ["REQUEST_METHOD"] not in _METHODS:
                return _text(start, "405 Method Not Allowed", b"GET and HEAD alone\n", ("Allow", "GET, HEAD"))
            if environ["PATH_INFO"] == "/health":
                found: Iterable[bytes] = _health(start, status())
            elif environ["PATH_INFO"] == "/metrics":
                found = cast(Iterable[bytes], metrics({**environ, "REQUEST_METHOD": "GET"}, start))
            else:
                found = _text(start, "404 Not Found", b"try /health or /metrics\n")
            return [] if environ["REQUEST_METHOD"] == "HEAD" else found

        self._server: WSGIServer = make_server(host, port, app, server_class=_Server, handler_class=_Quiet)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, name="health", daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def _health(start: StartResponse, found: dict[str, Any]) -> list[bytes]:
    body = json.dumps(found).encode()
    line = "200 OK" if found["ok"] else "503 Service Unavailable"
    start(line, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _text(start: StartResponse, line: str, body: bytes, *more: tuple[str, str]) -> list[bytes]:
    start(line, [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), *more])
    return [body]
