"""Published records and commands as the guard reads them."""

from __future__ import annotations

from typing import Any

import orjson

from connectors.codecs.wire import decode_json
from models.control.hearing import heard
from models.guard.inputs import CONTROL


class Reading:
    """Decodes by topic; ``secret`` is the one that commands are verified with."""

    def __init__(self, secret: str | None) -> None:
        self._secret = secret

    def body(self, topic: str, value: bytes, ts_ms: int) -> dict[str, Any]:
        """Return a record's body; raise where a flow's topic holds what no flow wrote."""
        if topic == CONTROL:
            return heard(decode_json(value), ts_ms * 1_000_000, self._secret)
        body: dict[str, Any] = orjson.loads(value)
        return body
