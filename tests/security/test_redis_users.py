"""Each Redis user may do its work and nothing else, in the oldest and the newest Redis there is here."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from one_shard import OneShard, trade
from redis.exceptions import NoPermissionError
from redis_servers import PASSWORDS, START, VARIABLES, embedded, installed, started

from connectors.rate_limit import RateLimit
from connectors.redis.connection import connect
from connectors.redis.dump import dump, load
from connectors.redis.reader import RedisDownError, ViewReader
from connectors.redis.writer import ViewWriter

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("redis-users")]

WAIT_S = 20.0


@pytest.fixture(scope="module", params=[embedded, installed])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server with its users, 6.2 and the system's."""
    with started(request.param(), tmp_path_factory.mktemp("redis")) as found:
        yield found


@pytest.fixture
def as_user(port: int) -> Iterator[Callable[[str], redis.Redis]]:
    """A client of one of the users: ``as_user("api")``."""
    clients = []

    def client(user: str) -> redis.Redis:
        clients.append(connect(url(port, user), WAIT_S))
        return clients[-1]

    yield client
    for one in clients:
        one.close()


def url(port: int, user: str) -> str:
    """Return the address as it stands in REDIS_URL: the password percent-encoded."""
    return f"redis://{user}:{quote(PASSWORDS[user], safe='')}@127.0.0.1:{port}/0"


def publish(port: int, user: str) -> ViewWriter:
    shard = OneShard()
    shard.feed(trade("BTCUSDT", 0.5, 100.0), trade("BTCUSDT", 1.5, 100.0))
    with ViewWriter(url(port, user), timeout_s=WAIT_S) as writer:
        writer.put(shard.shard.key, shard.view.as_dict())
        writer.close(WAIT_S)
    return writer


def refused(question: Callable[[], object]) -> bool:
    """Return whether the server says that the user may not do that."""
    try:
        question()
    except NoPermissionError:
        return True
    return False


def test_the_flow_writes_what_the_api_reads(port: int) -> None:
    """The writer's user can publish a whole view, and the reader's user can read all of it."""
    assert publish(port, "flow").stats().written == 1
    reader = ViewReader(url(port, "api"), timeout_s=WAIT_S)
    found = reader.symbol("BTCUSDT")
    assert found is not None and found["signal"]["price"] == 100.0
    assert reader.memory_bytes() > 0
    assert (reader.audit(), reader.alerts(), reader.equity(), reader.slo_series("latency.p95_ms")) == (
        [],
        [],
        [],
        [],
    )
    assert (reader.smoke(), reader.account(), reader.guard()) == (None, None, None)
    reader.close()


def test_the_api_writes_nothing(as_user: Callable[[str], redis.Redis]) -> None:
    """Of its own prefix, every writing command is refused; and it may not look at keys of others."""
    api = as_user("api")
    writes = [
        lambda: api.set("levibot:shards", "x"),
        lambda: api.delete("levibot:shards"),
        lambda: api.zadd("levibot:shards", {"x": 1}),
        lambda: api.hset("levibot:shard:ticks/0000", "head", "x"),
        lambda: api.expire("levibot:shards", 1),
        lambda: api.eval("return 1", 0),
        api.flushall,
    ]
    others = [lambda: api.get("levibot-limit:x"), lambda: api.get("elsewhere"), lambda: api.keys("*")]
    assert [refused(one) for one in [*writes, *others]] == [True] * 10


def test_the_flow_can_neither_empty_nor_steer_the_server(as_user: Callable[[str], redis.Redis]) -> None:
    """It writes ``levibot:*``; everything that reaches further is refused."""
    flow = as_user("flow")
    reaching = [
        lambda: flow.set("levibot-limit:x", "1"),
        lambda: flow.set("elsewhere", "1"),
        flow.flushall,
        flow.flushdb,
        lambda: flow.config_set("maxmemory", "1"),
        flow.acl_list,
        flow.shutdown,
        lambda: flow.eval("return 1", 0),
    ]
    assert all(map(refused, reaching))


def test_the_limiter_counts_and_sees_nothing_else(
    port: int, as_user: Callable[[str], redis.Redis], caplog: pytest.LogCaptureFixture
) -> None:
    """Two requests a minute are two, counted in Redis; the view is out of its sight."""
    limits = [RateLimit(url(port, "limiter"), f"security-{port}", 2) for _ in range(2)]
    assert [limits[n % 2].hit("somebody", "::1") > 0.0 for n in range(3)] == [False, False, True]
    assert caplog.messages == []
    limiter = as_user("limiter")
    reaching = [
        lambda: limiter.zrange("levibot:shards", 0, -1),
        lambda: limiter.hgetall("levibot:shard:ticks/0000"),
        lambda: limiter.get("levibot-limit:x"),
        lambda: limiter.set("levibot-limit:x", "1"),
    ]
    assert all(map(refused, reaching))


def test_the_operator_saves_and_restores_the_view(port: int, as_user: Callable[[str], redis.Redis]) -> None:
    """A backup needs to list, read and write the keys of the view, and gets no others."""
    operator = as_user("operator")
    publish(port, "flow")
    saved = list(dump(url(port, "operator")))
    for key in operator.scan_iter("levibot:*"):
        operator.delete(key)
    assert load(url(port, "operator"), saved) == len(saved)
    assert list(dump(url(port, "operator"))) != []
    assert refused(lambda: operator.dump("elsewhere"))
    assert refused(operator.flushall)


def test_nobody_comes_in_without_a_name(port: int) -> None:
    """The default user is off, a wrong password and an unknown user are refused."""
    for address, why in {
        f"redis://127.0.0.1:{port}/0": "Authentication required",
        f"redis://:{quote(PASSWORDS['flow'], safe='')}@127.0.0.1:{port}/0": "invalid username-password",
        f"redis://flow:wrong@127.0.0.1:{port}/0": "invalid username-password",
        f"redis://nobody:wrong@127.0.0.1:{port}/0": "invalid username-password",
    }.items():
        with connect(address, WAIT_S) as client, pytest.raises(redis.AuthenticationError, match=why):
            client.ping()


def test_the_health_check_may_ping_and_nothing_else(port: int) -> None:
    """It has no password, and so no other command."""
    with connect(f"redis://health:any@127.0.0.1:{port}/0", WAIT_S) as health:
        assert health.ping()
        assert refused(lambda: health.get("levibot:shards"))
        assert refused(health.info)


def test_a_reader_of_another_password_finds_redis_down(port: int) -> None:
    """A wrong secret is an outage that says why."""
    reader = ViewReader(f"redis://api:wrong@127.0.0.1:{port}/0", timeout_s=WAIT_S)
    with pytest.raises(RedisDownError, match="invalid username-password"):
        reader.heads()
    reader.close()


def test_no_password_stands_in_the_file_or_the_server_s_environment(tmp_path: Path) -> None:
    """What Redis loads holds hashes alone, and only its user can read it."""
    with started(embedded(), tmp_path):
        written = tmp_path / "users.acl"
        assert written.stat().st_mode & 0o777 == 0o600
        assert [line for line in written.read_text().splitlines() if not line.startswith("user ")] == []
        assert [secret for secret in PASSWORDS.values() if secret in written.read_text()] == []


@pytest.mark.parametrize("missing", VARIABLES)
def test_an_empty_password_starts_nothing(missing: str, tmp_path: Path) -> None:
    """A user without a secret would let everybody in; the error names the variable."""
    env = VARIABLES | {missing: "", "PATH": "/usr/bin:/bin", "REDIS_ACL_FILE": str(tmp_path / "users")}
    done = subprocess.run([START], env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        f"redis: {missing} is empty; set it in .env, see .env.example\n",
    )
