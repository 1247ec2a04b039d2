"""The API only reads: it runs as the deployment's user of Redis, which may not write, and does not try."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from api_product import publish_product
from running_api import Api, served

from api.openapi.document import examples, operations
from connectors.embedded import EmbeddedRedis
from connectors.redis.connection import connect

pytestmark = pytest.mark.embedded

USERS = Path(__file__).parent.parent.parent / "deploy" / "redis" / "users.acl"
DENIED = r"(?i)no permissions"
WITHOUT_BUNDLE = "/ml/card"
"""404 while the active model is a built-in one."""
READING = {"zrange", "hgetall", "hget", "hmget", "info", "ping"}
COUNTING = {"evalsha", "script", "lindex", "lpush", "ltrim", "expire"}
CONNECTING = {"auth", "client", "select", "acl", "config", "hello"}


def allow(server: EmbeddedRedis, user: str) -> str:
    """Let a user of the deployment in and return the URL for it."""
    [line] = [
        line for line in USERS.read_text(encoding="utf-8").splitlines() if line.startswith(f"user {user} ")
    ]
    rules = [">pw" if rule.startswith("#") else rule for rule in line.split()[2:]]
    with connect(server.url, 5.0) as client:
        client.execute_command("ACL", "SETUSER", user, "reset", *rules)
    return server.url.replace("redis://", f"redis://{user}:pw@")


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """An API over a view that it may only read, with its own user for the limits."""
    with EmbeddedRedis() as server:
        settings = {"redis_url": allow(server, "api"), "limiter_url": allow(server, "limiter")}
        with served(Api(server, **settings, predict_per_minute=60)) as api:
            publish_product(api, tmp_path_factory.mktemp("product") / "policy.json")
            yield api


def written(server: EmbeddedRedis) -> dict[bytes, bytes | None]:
    """Return every key of the view with its value as Redis stores it."""
    with connect(server.url, 5.0) as client:
        return {key: client.dump(key) for key in sorted(client.keys("levibot:*"))}


def test_every_path_is_answered_and_nothing_is_written(reading: Api) -> None:
    """All examples, the panel and its state; Redis has refused nothing, and holds what it held."""
    before, known = written(reading.redis), examples()
    with connect(reading.redis.url, 5.0) as client:
        client.execute_command("ACL", "LOG", "RESET")
        client.config_resetstat()
        for name in operations(reading.get("/openapi.json")).keys() - {WITHOUT_BUNDLE}:
            example = known[name]
            method = name.rpartition(" ")[0] or "GET"
            answer = reading.client.request(method, example["request"], json=example.get("body"))
            assert answer.status_code == 200, (name, answer.text)
        assert (reading.get("/healthz")["redis"], reading.client.get("/").status_code) == ("up", 200)
        assert reading.get("/panel/state")
        asked = {name.removeprefix("cmdstat_").partition("|")[0] for name in client.info("commandstats")}
        denied = client.execute_command("ACL", "LOG")
    assert [entry[7] for entry in denied] == []
    assert asked >= {"zrange", "hgetall", "hmget"}
    assert asked <= READING | COUNTING | CONNECTING
    assert written(reading.redis) == before


def test_only_the_limiter_has_keys_of_its_own(reading: Api) -> None:
    """They are outside of the view, and the API's user could not even read them."""
    reading.get("/ai/predict?symbol=BTCUSDT")
    with connect(reading.redis.url, 5.0) as client:
        others = [key for key in client.keys("*") if not key.startswith(b"levibot:")]
    assert others == [b"levibot-limit:predict//127.0.0.1/60/1/minute"]
    with (
        connect(allow(reading.redis, "api"), 5.0) as client,
        pytest.raises(redis.ResponseError, match=DENIED),
    ):
        client.lrange(others[0], 0, -1)


@pytest.mark.parametrize(
    "command", ["SET levibot:a 1", "DEL levibot:shards", "FLUSHALL", "EVAL return 0", "KEYS *"]
)
def test_the_user_may_not_write(reading: Api, command: str) -> None:
    """The proof is one: what the API could send by mistake would be refused."""
    with (
        connect(allow(reading.redis, "api"), 5.0) as client,
        pytest.raises(redis.ResponseError, match=DENIED),
    ):
        client.execute_command(*command.split())
