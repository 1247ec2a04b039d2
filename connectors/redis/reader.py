"""Reading the view back: all of it, the shards' heads alone, one symbol, the paper account, or the logs.

A Redis user with ``+ping +zrange +hgetall +hget +hmget +info ~levibot:*`` is enough.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import redis
from redis.client import Pipeline

from connectors.redis import keys
from connectors.redis.connection import connect
from connectors.redis.logs import decoded as records
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
    ns, and ``alive_at``, that at which its flow was last seen to turn. Where ``gone`` is true, nothing is
    left of it but that it has been there.
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
        ``account`` and the last ones of ``trades`` by book, ``written_at`` and ``alive_at`` as of a shard.
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
        listed = self._listed(kind)
        heads = self._ask(lambda pipe: [pipe.hget(kind.hash(key), keys.HEAD) for key in listed])
        found = [
            _living(_versioned(kind.hash(key), head), alive_ms * _NS_A_MS)
            for (key, alive_ms), head in zip(listed.items(), heads, strict=True)
            if head is not None
        ]
        return next(iter(found), None)

    def heartbeats(self) -> dict[str, dict[str, int]]:
        """Return when the flows were last seen to turn: by process and shard or name, wall clock in ns.

        A flow shows itself even where it has nothing to publish. Raises ``RedisDownError``.
        """
        kinds = {"signals": keys.SHARD, "paper": keys.ACCOUNT, "guard": keys.GUARD}
        found = self._ask(
            lambda pipe: [pipe.zrange(kind.listed, 0, -1, withscores=True) for kind in kinds.values()]
        )
        return {
            process: {key.decode(): int(score) * _NS_A_MS for key, score in listed}
            for process, listed in zip(kinds, found, strict=True)
        }

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

    def audit(self, limit: int = 100) -> list[Plain]:
        """Return the newest items of ``audit`` and ``audit.guard``, newest first; raises ``RedisDownError``.

        Each as published, with ``action`` (``ml.score`` or ``command``) and ``_err``: why a command was
        refused, else null. 10,000 of each are kept.
        """
        scores, commands = self._newest(limit, keys.SCORES, keys.COMMANDS)
        items = [{**one, "_err": None} for one in scores]
        items += [{**one, "action": "command", "_err": one["reason"] or None} for one in commands]
        return sorted(items, key=lambda item: -item["ts"])[:limit]

    def alerts(self, limit: int = 100) -> list[Plain]:
        """Return the newest records of ``alerts``, firing and resolved, newest first.

        10,000 are kept for seven days. Raises ``RedisDownError``.
        """
        [found] = self._newest(limit, keys.ALERTS)
        return found

    def equity(self, book: str = "active", since_s: int = 0) -> list[Plain]:
        """Return what a paper book was worth from a second of log time on, oldest first.

        Each point has ``second`` and ``value``, the last of its second; seven days are kept. Raises
        ``RedisDownError``.
        """
        key = keys.equity(book).key
        [found] = self._ask(lambda pipe: pipe.zrange(key, since_s * 1_000, "+inf", byscore=True))
        points = {one["second"]: one["value"] for one in _records(key, found)}
        return [{"second": second, "value": value} for second, value in points.items()]

    def smoke(self) -> Plain | None:
        """Return the outcome of the last ``levibot check quick`` or ``full``, None where there is none.

        ``{"ok", "at" (ns), "command", "items": [{"name", "outcome", "seen"}]}``, kept for seven days. Raises
        ``RedisDownError``.
        """
        [found] = self._ask(lambda pipe: pipe.hget(keys.SMOKE, keys.HEAD))
        return None if found is None else _decoded(found)

    def memory_bytes(self) -> int:
        """Return the memory that Redis uses for everything in it; raises ``RedisDownError``."""
        [found] = self._ask(lambda pipe: pipe.info("memory"))
        return int(found["used_memory"])

    def _newest(self, limit: int, *logs: keys.Log) -> list[list[Plain]]:
        """Return the newest records of each log, newest first."""
        if limit < 1:
            return [[] for _ in logs]
        found = self._ask(lambda pipe: [pipe.zrange(log.key, -limit, -1) for log in logs])
        return [_records(log.key, members)[::-1] for log, members in zip(logs, found, strict=True)]

    def _listed(self, kind: keys.Kind = keys.SHARD) -> dict[str, int]:
        """Return what is of a kind in order of keys, with the ms at which it was last seen alive."""
        [found] = self._ask(lambda pipe: pipe.zrange(kind.listed, 0, -1, withscores=True))
        return dict(sorted((key.decode(), int(score)) for key, score in found))

    def _ask(self, question: Callable[[Pipeline], object]) -> list[Any]:
        try:
            with self._client.pipeline(transaction=False) as pipe:
                question(pipe)
                return pipe.execute()
        except redis.RedisError as error:
            raise RedisDownError(str(error)) from error


def _records(key: str, members: list[bytes]) -> list[Plain]:
    try:
        return records(members)
    except orjson.JSONDecodeError as error:
        raise RedisDownError(f"a record of {key} is not ours: {error}") from error


def _head(shard: str, alive_ms: int, raw: bytes | None) -> Plain:
    at = alive_ms * _NS_A_MS
    if raw is None:
        return {"shard": shard, "written_at": at, "alive_at": at, "gone": True}
    return _living(_versioned(f"shard {shard}", raw), at) | {"gone": False}


def _living(head: Plain, alive_at: int) -> Plain:
    """Return a head with the time at which its flow was seen alive: at its last write, or later."""
    return head | {"alive_at": max(alive_at, head["written_at"])}


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
