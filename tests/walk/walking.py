"""Asking for a line as curl does, and holding the answer against what the line says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
from owner_lines import Kinds, Line

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
"""What ``curl -d`` says of a body unless it is told otherwise."""


class Walk:
    """The hosts of a running product; cookies that are set are sent from then on."""

    def __init__(self, hosts: Mapping[str, str], key: str) -> None:
        self._hosts, self._key = hosts, key
        self._client = httpx.Client(timeout=60)

    def ask(self, line: Line) -> httpx.Response:
        """Return the answer to a line; the word ADMIN_KEY in a body is the key."""
        body = None if line.body is None else json.dumps(line.body).replace("ADMIN_KEY", self._key)
        url = self._hosts[line.host] + line.path
        return self._client.request(line.method, url, content=body, headers=FORM if body else None)

    def broken(self, line: Line) -> list[str]:
        """Return what is not as the line says, with the line."""
        answer = self.ask(line)
        found = [] if answer.status_code == 200 else [f"status {answer.status_code}: {answer.text[:300]}"]
        found += [f"no header {name}" for name in line.headers if name not in answer.headers]
        found += [f"no '{text}' in it" for text in line.text if text not in answer.text]
        if not line.text and not found:
            found += differing(line, answer.json())
        return [f"{line.method} {line.path}: {what}" for what in found]

    def close(self) -> None:
        """End the connections."""
        self._client.close()


def differing(line: Line, answer: Any) -> Iterator[str]:
    """Yield the fields of an answer that are not there, of another type or of another value."""
    for path, kinds in line.fields.items():
        yield from _of_another_kind(path, values(answer, path), kinds)
    for path, wanted in line.equal.items():
        if (found := values(answer, path)) != [wanted]:
            yield f"{path} is {found}, not {wanted!r}"


def values(answer: Any, path: str) -> list[Any]:
    """Return what stands at a path: ``a.b``, or ``a[].b`` for the ``b`` of those items that have one."""
    found = [answer]
    for step in path.split("."):
        name, _, items = step.partition("[")
        found = [one[name] for one in found if isinstance(one, dict) and name in one]
        if items:
            found = [item for one in found for item in one]
    return found


def _of_another_kind(path: str, found: list[Any], kinds: Kinds) -> Iterator[str]:
    if not found:
        yield f"{path} is not there"
    for value in found:
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            yield f"{path} is {value!r}"
            return
