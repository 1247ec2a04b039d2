"""Servers for the tests of checks: the real API on a port, and third parties that answer as theirs do."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

from api.app import create_app
from api.server import address, listen, server
from connectors.redis.reader import ViewReader
from connectors.settings import Settings


@contextmanager
def served_api(settings: Settings) -> Iterator[str]:
    """Give the URL of the API under these settings."""
    with (
        closing(ViewReader(settings.redis_url, timeout_s=10.0)) as reader,
        closing(listen("127.0.0.1", 0)) as found,
    ):
        running = server(create_app(settings, reader))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [found]})
        thread.start()
        try:
            yield address(found)
        finally:
            running.should_exit = True
            thread.join()


@contextmanager
def third_party(answers: dict[str, Any], allowed: int = 1_000_000) -> Iterator[str]:
    """Give the URL of a server that answers these paths with JSON, and others with 404.

    Each path is answered so many times as is ``allowed``, then with 429.
    """
    asked: Counter[str] = Counter()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answers.get(self.path)
            body = orjson.dumps(found)
            asked[self.path] += 1
            self.send_response(404 if found is None else 429 if asked[self.path] > allowed else 200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *given: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_address[1]}"
        finally:
            running.shutdown()
            thread.join()
