"""What the desks of all shards agree upon. Where they differ, no single value is shown, but each shard's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from api.shown.freshness import Plain


class Agreement:
    """The shards' heads, asked for one thing at a time; ``partial`` collects what they differ on."""

    def __init__(self, heads: Mapping[str, Plain]) -> None:
        self._heads = heads
        self.partial: dict[str, dict[str, Any]] = {}

    def desk(self, name: str, field: str) -> Any:
        """Return the desks' value, shown under ``name``; None where they differ or a shard is gone."""
        return self.of(name, lambda head: head["desk"][field])

    def of(self, name: str, ask: Callable[[Plain], Any]) -> Any:
        """Return what every shard answers, or None."""
        said = {shard: None if head["gone"] else ask(head) for shard, head in self._heads.items()}
        values = list(said.values())
        if values and all(value == values[0] for value in values):
            return values[0]
        if values:
            self.partial[name] = said
        return None

    def flags(self) -> Plain:
        """Return the run-time flags by name."""
        known = [head["desk"]["flags"] for head in self._heads.values() if not head["gone"]]
        names = sorted({name for flags in known for name in flags})
        return {name: self._flag(name) for name in names}

    def _flag(self, name: str) -> Any:
        return self.of(name, lambda head: head["desk"]["flags"].get(name))


def versions(heads: Mapping[str, Plain]) -> dict[str, str]:
    """Return the version by which each model that has scored is known."""
    return {m: v for head in heads.values() if not head["gone"] for m, v in head["versions"].items()}
