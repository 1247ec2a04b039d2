"""One shard's hash in Redis, brought up to date with as few fields as have changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import redis

from connectors.redis import keys

View = Mapping[str, Any]

_MS = 1_000_000


class ShardHash:
    """What this process has written of a shard; a symbol's entry is compared by identity.

    Every write is absolute, so repeating one does no harm.
    """

    def __init__(self, shard: str, ttl_ms: int, kind: keys.Kind = keys.SHARD) -> None:
        self._shard = shard
        self._kind = kind
        self._ttl_ms = ttl_ms
        self._written: View | None = None  # symbols; None: nothing that could be relied upon

    def forget(self) -> None:
        """Write everything next time."""
        self._written = None

    def write(self, client: redis.Redis, view: View, now: int) -> None:
        """Bring the hash up to date with the view; raises ``redis.RedisError`` where that failed.

        ``now`` is the wall clock in ns, by which readers judge whether the writer is alive.
        """
        whole = self._written is None
        if not self._write(client, view, now) and not whole:
            self.forget()
            self._write(client, view, now)

    def _write(self, client: redis.Redis, view: View, now: int) -> bool:
        """Return whether the hash was as this process had left it."""
        key, symbols = self._kind.hash(self._shard), view["symbols"]
        before = {} if self._written is None else self._written
        gone = before.keys() - symbols.keys()
        with client.pipeline(transaction=True) as multi:
            multi.zremrangebyscore(self._kind.listed, "-inf", now // _MS - self._ttl_ms)
            if self._written is None:
                multi.delete(key)
            elif gone:
                multi.hdel(key, *map(keys.symbol, gone))
            multi.hset(key, mapping=_fields(view, before, now))
            multi.pexpire(key, self._ttl_ms)
            multi.zadd(self._kind.listed, {self._shard: now // _MS})
            added = multi.execute()[-3]
        # a hash that has vanished (flushed, evicted, expired) betrays itself by fields it should have had
        expected = len(symbols.keys() - before.keys()) + (self._written is None)
        self._written = symbols
        return bool(added == expected)


def _fields(view: View, before: View, now: int) -> dict[Any, Any]:
    head = {name: value for name, value in view.items() if name != "symbols"}
    changed = {n: symbol for n, symbol in view["symbols"].items() if before.get(n) is not symbol}
    symbols = {keys.symbol(name): orjson.dumps(symbol) for name, symbol in changed.items()}
    return {keys.HEAD: orjson.dumps({**head, "format": keys.FORMAT, "written_at": now}), **symbols}
