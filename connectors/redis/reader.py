"""Reading the view back: all of it, the shards' heads alone, one symbol, or the paper account.

A Redis user with ``+ping +zrange +hgetall +hget +hmget ~levibot:*`` is enough.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import redis
from redis.client import Pipeline

from connectors.redis import keys
from connectors.redis.connection import connect
from connectors.redis.series import decoded

Plain = dict[str, Any]

TIMEOUT_S = 0.25
"""How long an answer is waited for; a request that needs one may ask Redis twice."""

_NS_A_MS = 1_000_000
_HEAD = keys.HEAD.encode()


class RedisDownError(Exception):
    """Redis does not answer, or not with our view; check REDIS_URL and that the server is up."""


class ViewReader:
    """A client of the view; may be shared by threads.

    Each shard comes as its head (see ``ShardView``) with ``written_at``, the wall clock at its last write in
    ns. Where ``gone`` is true, nothing is left of it but that it has been there.
    """

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._client = connect(url, timeout_s)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def ping(self) -> bool:
        """Return whether Redis answers."""
        try:
            return bool(self._client.ping())
        except redis.RedisError:
            return False

    def shards(self) -> dict[str, Plain]:
        """Return every shard by key, ``symbols`` included; raises ``RedisDownError``."""
        listed = self._listed()
        hashes = self._ask(lambda pipe: [pipe.hgetall(keys.shard(shard)) for shard in listed])
        return {
            shard: _head(shard, written_ms, fields.pop(_HEAD, None)) | {"symbols": _symbols(fields)}
            for (shard, written_ms), fields in zip(listed.items(), hashes, strict=True)
        }

    def heads(self) -> dict[str, Plain]:
        """Return every shard by key without its symbols; raises ``RedisDownError``."""
        listed = self._listed()
        heads = self._ask(lambda pipe: [pipe.hget(keys.shard(shard), keys.HEAD) for shard in listed])
        return {
            shard: _head(shard, written_ms, head)
            for (shard, written_ms), head in zip(listed.items(), heads, strict=True)
        }

    def symbol(self, name: str) -> Plain | None:
        """Return a symbol's ``signal``, ``features`` and ``level`` with its ``shard``'s head, or None.

        ``name`` is the displayed one or ``venue:NAME``; of several, one that has not expired is preferred.
        """
        names = dict.fromkeys((name, name.rpartition(":")[2]))
        fields = [keys.HEAD, *map(keys.symbol, names)]
        listed = self._listed()
        answers = self._ask(lambda pipe: [pipe.hmget(keys.shard(shard), fields) for shard in listed])
        found = [
            symbol | {"shard": _head(shard, written_ms, head)}
            for (shard, written_ms), (head, *values) in zip(listed.items(), answers, strict=True)
            for symbol in map(_decoded, filter(None, values))
            if name in _names(symbol["signal"])
        ]
        return min(found, key=lambda s: s["level"] == "expired", default=None)

    def account(self) -> Plain | None:
        """Return the paper account, or None where nothing shows one; raises ``RedisDownError``.

        ``second`` is the next one that it takes in, ``books`` and ``trades`` have the last record of
        ``account`` and the last ones of ``trades`` by book, ``written_at`` is as of a shard.
        """
        return self._only(keys.ACCOUNT)

    def guard(self) -> Plain | None:
        """Return what the guard shows, or None where there is none; raises ``RedisDownError``.

        ``rollout`` is the run and its last check, ``alerts`` what fires, ``desk`` who may trade what;
        ``written_at`` is as of a shard.
        """
        return self._only(keys.GUARD)

    def _only(self, kind: keys.Kind) -> Plain | None:
        """Return the head of the first there is of a kind."""
        listed = [kind.hash(key) for key in self._listed(kind)]
        heads = self._ask(lambda pipe: [pipe.hget(name, keys.HEAD) for name in listed])
        found = [_versioned(name, head) for name, head in zip(listed, heads, strict=True) if head is not None]
        return next(iter(found), None)

    def slo_series(self, metric: str, since_s: int = 0) -> list[Plain]:
        """Return the points of a metric from a second of log time on, oldest first, of all scopes.

        Each has ``scope``, ``second``, ``value`` and ``n``; seven days are kept. Raises ``RedisDownError``.
        """
        start = since_s * 1_000
        [found] = self._ask(lambda pipe: pipe.zrange(keys.series(metric), start, "+inf", byscore=True))
        try:
            return decoded(found)
        except orjson.JSONDecodeError as error:
            raise RedisDownError(f"a point of the series {metric} is not ours: {error}") from error

    def _listed(self, kind: keys.Kind = keys.SHARD) -> dict[str, int]:
        """Return what is of a kind in order of keys, with the ms of the last write."""
        [found] = self._ask(lambda pipe: pipe.zrange(kind.listed, 0, -1, withscores=True))
        return dict(sorted((key.decode(), int(score)) for key, score in found))

    def _ask(self, question: Callable[[Pipeline], object]) -> list[Any]:
        try:
            with self._client.pipeline(transaction=False) as pipe:
                question(pipe)
                return pipe.execute()
        except redis.RedisError as error:
            raise RedisDownError(str(error)) from error


def _head(shard: str, written_ms: int, raw: bytes | None) -> Plain:
    if raw is None:
        return {"shard": shard, "written_at": written_ms * _NS_A_MS, "gone": True}
    return _versioned(f"shard {shard}", raw) | {"gone": False}


def _versioned(whose: str, raw: bytes) -> Plain:
    head = _decoded(raw)
    if head.pop("format", None) != keys.FORMAT:
        raise RedisDownError(f"{whose} was published by another version; restart its flow or this reader")
    return head


def _symbols(fields: dict[bytes, bytes]) -> dict[str, Plain]:
    return {keys.symbol_name(field.decode()): _decoded(value) for field, value in sorted(fields.items())}


def _names(signal: Plain) -> tuple[str, str]:
    return signal["symbol"], f"{signal['venue']}:{signal['symbol']}"


def _decoded(raw: bytes) -> Plain:
    try:
        plain: Plain = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise RedisDownError(f"a value under '{keys.PREFIX}' is not ours: {error}") from error
    return plain
