"""How long ago symbols traded, from the signals of every second."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from models.guard.inputs import SIGNALS, STALENESS, Told
from models.guard.measured.monitors import qualified
from models.rules.evaluate import Sample
from models.rules.metrics import scope_key
from models.spec import SECOND

FIVE_S = 5


class Seen(NamedTuple):
    """A symbol's shard, and the second of its last trade, or of its first signal where none was seen."""

    partition: int
    traded: int


class Symbols:
    """Ages of symbols, and of shards by their freshest symbol."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        self._seen = {name: Seen(*plain) for name, plain in (saved or {}).get("seen", {}).items()}

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {"seen": {name: list(seen) for name, seen in self._seen.items()}}

    def take(self, found: Iterable[Told]) -> list[str]:
        """Follow the signals; return the symbols that are no more."""
        gone = []
        for told in found:
            if told.topic == SIGNALS:
                name = qualified(told.body)
                if told.body["open"] is not None or name not in self._seen:
                    self._seen[name] = Seen(told.partition, told.body["ts"] // SECOND - 1)
            elif told.topic == STALENESS and told.body["event"] == "expired":
                name = qualified(told.body)
                if self._seen.pop(name, None) is not None:
                    gone.append(name)
        return gone

    def samples(self, second: int, shards: Mapping[int, str]) -> list[Sample]:
        """Return the ages at the end of a second; ``shards``: the keys of those that tell, by partition."""
        found: list[Sample] = []
        freshest: dict[int, int] = {}
        for name, seen in sorted(self._seen.items()):
            if seen.partition not in shards:
                continue
            key = scope_key("symbol", name)
            found += _ages(key, second, seen.traded)
            freshest[seen.partition] = max(seen.traded, freshest.get(seen.partition, 0))
        for partition, traded in sorted(freshest.items()):
            found += _ages(scope_key("shard", shards[partition]), second, traded)
        if freshest:
            found += _ages(scope_key("all"), second, min(freshest.values()))
        return found


def _ages(key: str, second: int, traded: int) -> list[Sample]:
    bar_end = (traded // FIVE_S + 1) * FIVE_S
    return [
        Sample("staleness.tick", key, float(max(0, second - traded))),
        Sample("staleness.feature", key, float(max(0, second - bar_end))),
    ]
