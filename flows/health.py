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


class _Server(ThreadingMixIn, WSGIServer):
    """Gives each connection a thread, so that one that says nothing holds up neither others nor the end."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    timeout = 10.0

    def log_message(self, format: str, *args: Any) -> None:
        """Write no access log."""


class HealthServer:
    """Serves in a thread of its own; ``status`` is asked at each request."""

    def __init__(
        self, host: str, port: int, registry: CollectorRegistry, status: Callable[[], dict[str, Any]]
    ) -> None:
        metrics = make_wsgi_app(registry)

        def app(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
            if environ["PATH_INFO"] == "/health":
                start("200 OK", [("Content-Type", "application/json")])
                return [json.dumps(status()).encode()]
            if environ["PATH_INFO"] == "/metrics":
                return cast(Iterable[bytes], metrics(environ, start))
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"try /health or /metrics\n"]

        self._server: WSGIServer = make_server(host, port, app, server_class=_Server, handler_class=_Quiet)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, name="health", daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
