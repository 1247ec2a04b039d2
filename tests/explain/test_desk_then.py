"""The desk in force at a place of the journal, also where the journal's beginning is gone by retention."""

from __future__ import annotations

from contextlib import closing

import orjson
import pytest
from redis import Redis

from connectors.embedded import EmbeddedRedis
from flows.explaining.desk_then import behind, shown_now
from flows.explaining.errors import ExplainError
from models.desk.desk import Desk
from models.journal.entry import COMMAND, GENESIS, Entry

MODELS = ("stub-sine", "ml-fusion")


def genesis(seq: int, **fields: object) -> Entry:
    """A history begins, with a desk of these fields."""
    return Entry(1, seq, 0, GENESIS, {"desk": Desk(**fields).as_dict()})  # type: ignore[arg-type]


def command(seq: int, cmd: str, scope: str = "all", **args: object) -> Entry:
    """An operator's command was taken in."""
    said = {"id": f"c{seq}", "ts": 1, "actor": "ops", "n": seq, "role": "admin", "cmd": cmd, "scope": scope}
    return Entry(1, seq, 0, COMMAND, {"command": said | {"args": args}, "ts": 1}, seq)


def test_commands_change_the_desk_of_the_newest_genesis() -> None:
    """What was before it does not count; a repeat changes nothing."""
    before = [genesis(0, fraction=0.5), command(1, "kill")]
    entries = [*before, genesis(2, fraction=0.1), command(3, "kill", "symbol:A")]
    desk = behind(entries, MODELS)
    assert desk is not None
    assert (desk.killed, desk.killed_symbols, desk.fraction) == (False, {"A"}, 0.1)
    assert behind(before, MODELS).killed  # type: ignore[union-attr]
    assert behind([command(1, "kill")], MODELS) is None


def test_without_its_beginning_the_desk_shown_now_is_as_good_if_nothing_changed_it(
    embedded_redis: EmbeddedRedis,
) -> None:
    """Else it is said that it is not known."""
    url = embedded_redis.url
    with pytest.raises(ExplainError, match="shard ticks/0000 does not run"):
        shown_now(url, "ticks/0000", [])
    with closing(Redis.from_url(url)) as redis:
        head = {"format": 1, "shard": "ticks/0000", "written_at": 1, "desk": Desk(fraction=0.5).as_dict()}
        redis.hset("levibot:shard:ticks/0000", "head", orjson.dumps(head))
        redis.zadd("levibot:shards", {"ticks/0000": 1.0})
    assert shown_now(url, "ticks/0000", []).fraction == 0.5
    with pytest.raises(ExplainError, match="gone by retention; commands taken in since: 1"):
        shown_now(url, "ticks/0000", [command(9, "kill")])
    with pytest.raises(ExplainError, match="Redis does not show the desk"):
        shown_now("redis://127.0.0.1:1/0", "ticks/0000", [])
