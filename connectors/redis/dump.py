"""The view as lines of JSON and back: every key of ours with its type, value and what is left of its time.

Each key is read by one command, so that it is whole; the keys are of slightly different moments, as for any
reader. A user with ``+scan +type +pttl +hgetall +zrange +get ~levibot:*`` is enough to dump.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any

import orjson
import redis

from connectors.redis import keys
from connectors.redis.connection import connect
from connectors.redis.reader import RedisDownError

TIMEOUT_S = 5.0
_READ: dict[str, Callable[[Any, bytes], Any]] = {
    "hash": lambda client, key: _texts(client.hgetall(key)),
    "zset": lambda client, key: [[m.decode(), s] for m, s in client.zrange(key, 0, -1, withscores=True)],
    "string": lambda client, key: (client.get(key) or b"").decode(),
}
_WRITE: dict[str, Callable[[Any, str, Any], Any]] = {
    "hash": lambda pipe, key, value: pipe.hset(key, mapping=value),
    "zset": lambda pipe, key, value: pipe.zadd(key, dict(value)),
    "string": lambda pipe, key, value: pipe.set(key, value),
}


def dump(url: str) -> Iterator[bytes]:
    """Yield a line ``{"key","type","value","ttl_ms"}`` for each key, by name; raise ``RedisDownError``."""
    with closing(connect(url, TIMEOUT_S)) as connected:
        client: Any = connected  # whose types say str for what comes as bytes
        try:
            for key in sorted(set(client.scan_iter(match=f"{keys.PREFIX}*", count=500))):
                kind = client.type(key).decode()
                if kind in _READ and (value := _READ[kind](client, key)):
                    row = {"key": key.decode(), "type": kind, "value": value, "ttl_ms": client.pttl(key)}
                    yield orjson.dumps(row) + b"\n"
        except redis.RedisError as error:
            raise RedisDownError(str(error)) from error


def load(url: str, lines: Iterable[bytes]) -> int:
    """Write dumped lines into a Redis without a view and return how many keys these were.

    Raises ``ValueError`` where there is a view already or a line is none of ``dump``, ``RedisDownError``.
    """
    rows = [_row(line) for line in lines]
    with closing(connect(url, TIMEOUT_S)) as client:
        try:
            if next(client.scan_iter(match=f"{keys.PREFIX}*", count=500), None) is not None:
                raise ValueError("this Redis has a view already: the running flows keep it up to date")
            for key, kind, value, ttl_ms in rows:
                _WRITE[kind](client, key, value)
                if ttl_ms > 0:
                    client.pexpire(key, ttl_ms)
        except redis.RedisError as error:
            raise RedisDownError(str(error)) from error
    return len(rows)


def _row(line: bytes) -> tuple[str, str, Any, int]:
    try:
        plain = orjson.loads(line)
        key, kind, value = plain["key"], plain["type"], plain["value"]
        ttl_ms = int(plain["ttl_ms"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"a line is not of a dumped view: {error}") from error
    if not str(key).startswith(keys.PREFIX) or kind not in _WRITE:
        raise ValueError(f"a line is not of a dumped view: key {key!r} of type {kind!r}")
    return key, kind, value, ttl_ms


def _texts(found: dict[bytes, bytes]) -> dict[str, str]:
    return {field.decode(): value.decode() for field, value in found.items()}
