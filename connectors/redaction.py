"""Keeping secrets out of what a process says: logs, tracebacks, findings.

The secrets are those of the settings, known by their values: wherever one of them would be written, in the
clear or as URLs, JSON and Python write it, ``***`` stands instead. What is shorter than eight characters is
no secret and is left.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from pydantic import SecretStr

from connectors.settings import Settings

HIDDEN = "***"
SHORTEST = 8


class Redactor:
    """Takes the given secrets out of texts."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret) if len(secret) >= SHORTEST}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._found = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def __call__(self, text: str) -> str:
        """Return the text with every secret hidden."""
        return self._found.sub(HIDDEN, text)


class RedactedStream:
    """A text stream through which no secret gets; everything but writing is the stream's own."""

    def __init__(self, stream: Any, redact: Redactor) -> None:
        # a stream is wrapped once, with the secrets that were told last
        self._stream: Any = stream._stream if isinstance(stream, RedactedStream) else stream
        self._redact = redact

    def write(self, text: str) -> int:
        """Write the text without the secrets in it; return the length of the text."""
        self._stream.write(self._redact(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def redactor(settings: Settings) -> Redactor:
    """Return what hides the secrets of these settings."""
    return Redactor(secrets_of(settings))


def secrets_of(settings: Settings) -> Iterator[str]:
    """Yield every secret of the settings: keys and passwords, also those within URLs."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
            yield from _in_url(value.get_secret_value())
        elif name.endswith("_url"):
            yield from _in_url(str(value))


def _in_url(url: str) -> Iterator[str]:
    """Yield the password of a URL, and of a web hook's the path, which is as good as one."""
    parts = urlsplit(url)
    if parts.password:
        yield parts.password
        yield unquote(parts.password)
    if parts.scheme.startswith("http"):
        yield parts.path


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield json.dumps(secret)[1:-1]
    yield repr(secret)[1:-1]
