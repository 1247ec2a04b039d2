"""Shards that are not heard of: told once when it begins, once when it is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple


class Change(NamedTuple):
    """A shard fell silent, or is heard of again."""

    shard: str
    event: Literal["firing", "resolved"]


class Silences:
    """Which shards are silent; state is plain data."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        self._silent: list[str] = list(saved["silent"]) if saved else []

    @property
    def shards(self) -> list[str]:
        """Return those that are silent."""
        return list(self._silent)

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {"silent": list(self._silent)}

    def step(self, silent: Iterable[str]) -> list[Change]:
        """Return what has changed since the last look."""
        now = sorted(silent)
        began = [Change(shard, "firing") for shard in now if shard not in self._silent]
        ended = [Change(shard, "resolved") for shard in self._silent if shard not in now]
        self._silent = now
        return [*ended, *began]
