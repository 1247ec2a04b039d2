"""How old what we show is, by the wall clock; and which shards are there at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_NS = 1e9

Plain = dict[str, Any]


def age_s(ts: int, now: int) -> float:
    """Return the seconds from ``ts`` to ``now`` (ns), to the millisecond; 0 for a time ahead of our clock."""
    return round(max(now - ts, 0) / _NS, 3)


def is_online(head: Mapping[str, Any], now: int, limit_s: float) -> bool:
    """Return whether a shard's flow was seen to turn within the limit, published or not."""
    return age_s(head["alive_at"], now) <= limit_s


def executor(heads: Iterable[Mapping[str, Any]], now: int, limit_s: float) -> str:
    """Return ``online`` where every shard is, ``partial`` where some are, else ``offline``."""
    alive = [is_online(head, now, limit_s) for head in heads]
    return "online" if alive and all(alive) else "partial" if any(alive) else "offline"
