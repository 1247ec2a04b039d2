"""Asking a server over HTTP, one connection a question, as curl does."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson

MOST_BYTES = 8_000_000
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  where a server that listens everywhere is asked


class SiteDownError(RuntimeError):
    """A server does not answer, or not as one of its kind; the message names it."""


class SiteUrlError(ValueError):
    """A text that is no URL of a server."""


class Answer(NamedTuple):
    """What a server said; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """Return the body's object; raise ``SiteDownError`` where it is none."""
        with suppress(orjson.JSONDecodeError):
            if isinstance(found := orjson.loads(self.body), dict):
                return found
        raise SiteDownError(
            f"its answer ({self.status}) is no JSON object: does another server listen there?"
        )


class Site:
    """A server by its URL; raises ``SiteUrlError`` where that is none of http or https."""

    def __init__(self, url: str, timeout_s: float = 5.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SiteUrlError(f"'{url}' is no URL such as http://127.0.0.1:8000")
        self.url = url.rstrip("/")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._before = parts.path.rstrip("/")
        self._timeout = timeout_s

    def get(self, path: str) -> Answer:
        """Ask for a path; raise ``SiteDownError`` where nothing answers."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Post JSON to a path; raise as ``get`` does."""
        return self._ask("POST", path, orjson.dumps(dict(body)))

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        kind = HTTPSConnection if self._secure else HTTPConnection
        connection = kind(self._host, self._port, timeout=self._timeout)
        try:
            headers = {"content-type": "application/json"} if body else {}
            connection.request(method, f"{self._before}{path}", body, headers)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read(MOST_BYTES))
        except (OSError, HTTPException) as error:
            raise SiteDownError(f"{self.url} does not answer: {error}") from error
        finally:
            connection.close()


def address(host: str, port: int) -> str:
    """Return the URL at which a server that listens there is asked."""
    host = ANYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
