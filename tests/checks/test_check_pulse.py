"""The pulse over a running API, Redis and broker: what passes, what fails, what cannot be told."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import orjson
import pytest
from check_servers import served_api
from typer.testing import CliRunner

from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.kafka.clients import producer
from connectors.redis.reader import ViewReader
from connectors.redis.writer import ViewWriter
from connectors.settings import Settings, settings
from flows.checks.ground import Ground, ground
from flows.checks.looking import Asked, all_at_once
from flows.checks.quick import quick
from flows.checks.seen import Seen, exit_code, passed
from flows.commands.check import app
from tests.one_shard import OneShard, trade

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

NOWHERE = "http://127.0.0.1:1"
KEY = "ticks/0000"


class Running:
    """The services of a module, and a shard that publishes its view."""

    def __init__(self, broker: EmbeddedBroker, redis: EmbeddedRedis) -> None:
        self.broker, self.redis = broker, redis
        self.settings = Settings(
            _env_file=None, kafka_bootstrap=broker.bootstrap, redis_url=redis.url, offline_after_s=30
        )
        shard = OneShard()
        shard.feed(*(trade("BTCUSDT", second, 100.0 + second) for second in range(3)))
        self.view: dict[str, Any] = shard.view.as_dict()
        self.api = ""

    def publish(self, ago_s: float = 0.0, **head: Any) -> None:
        """Publish the shard's view as of so long ago, some of its fields changed."""
        then = time.time_ns() - round(ago_s * 1e9)
        with ViewWriter(self.redis.url, clock=lambda: then) as writer:
            writer.put(KEY, self.view | head)

    def ground(self, api: str | None = None, timeout_s: float = 10.0, **change: Any) -> Ground:
        """Return the ground of these services, some of them others."""
        config = Settings(_env_file=None, **(self.settings.model_dump() | change))
        return ground(
            config,
            api=self.api if api is None else api,
            prometheus=NOWHERE,
            grafana=NOWHERE,
            timeout_s=timeout_s,
        )


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """A broker with three ticks, a Redis, and the API on them."""
    with EmbeddedBroker({"ticks": 1}) as broker, EmbeddedRedis() as redis:
        sender = producer(broker.bootstrap, linger_ms=0)
        for number in range(3):
            sender.produce("ticks", orjson.dumps({"n": number}), partition=0)
        assert sender.flush(20) == 0
        found = Running(broker, redis)
        with served_api(found.settings) as found.api:
            yield found


def states(on: Ground) -> dict[str, str]:
    """Return the state of each item."""
    return {one.item: one.state for one in quick(on, 10.0)}


ALL_WELL = {"api": "passed", "redis": "passed", "heartbeats": "passed", "lag": "passed"}


def test_all_is_well_while_everything_answers(running: Running) -> None:
    """Every line says what was seen."""
    running.publish()
    found = {one.item: one for one in quick(running.ground(), 10.0)}
    assert {item: one.state for item, one in found.items()} == ALL_WELL
    assert found["api"].evidence == "OK, executor online, Redis up"
    assert found["lag"].evidence == "ticks/0000 is 0 records behind, no shard more"
    assert exit_code(one.state for one in found.values()) == 0


def test_a_silent_shard_fails_its_heartbeat(running: Running) -> None:
    """And the API says the same; its name and its age are told."""
    running.publish(ago_s=90)
    found = {one.item: one for one in quick(running.ground(), 10.0)}
    assert (found["api"].state, found["heartbeats"].state) == ("failed", "failed")
    assert found["heartbeats"].evidence == "silent: ticks/0000 for 90 s"
    assert exit_code(one.state for one in found.values()) == 1


def test_a_shard_that_is_behind_fails(running: Running) -> None:
    """From ten thousand records on."""
    running.publish(offset=3 - 10_000)
    assert states(running.ground())["lag"] == "passed"
    running.publish(offset=3 - 10_001)
    assert states(running.ground()) == ALL_WELL | {"lag": "failed"}


def test_without_a_broker_the_lag_alone_is_unknown(running: Running) -> None:
    """That is exit code 2: nothing is known to be wrong."""
    running.publish()
    found = quick(running.ground(timeout_s=1.0, kafka_bootstrap="127.0.0.1:1"), 10.0)
    assert {one.item: one.state for one in found} == ALL_WELL | {"lag": "unknown"}
    assert exit_code(one.state for one in found) == 2


def test_without_redis_the_shards_are_unknown(running: Running) -> None:
    """Redis itself, and what the API says without it, have failed."""
    with served_api(running.ground(redis_url="redis://127.0.0.1:1/0").settings) as api:
        found = states(running.ground(api, redis_url="redis://127.0.0.1:1/0"))
    assert found == {"api": "failed", "redis": "failed", "heartbeats": "unknown", "lag": "unknown"}


def test_without_an_api_that_has_failed(running: Running) -> None:
    """All else is looked at as ever."""
    running.publish()
    assert states(running.ground(NOWHERE)) == ALL_WELL | {"api": "failed"}


def test_a_look_that_hangs_holds_nothing_up(running: Running) -> None:
    """It is unknown when its time is over, and the others count."""
    held = threading.Event()

    def hangs(_: Ground) -> Seen:
        held.wait(60)
        return passed("at last")

    asked = [Asked("hangs", hangs), Asked("quick", lambda _: passed("at once"))]
    try:
        found = all_at_once(asked, running.ground(), 0.1)
    finally:
        held.set()
    assert [one.state for one in found] == ["unknown", "passed"]
    assert found[0].evidence.startswith("no answer after")


def test_a_fault_in_a_look_is_not_hidden(running: Running) -> None:
    """It is ours, not the world's."""

    def faulty(_: Ground) -> Seen:
        raise KeyError("a fault")

    with pytest.raises(KeyError, match="a fault"):
        all_at_once([Asked("faulty", faulty)], running.ground(), 5.0)


@pytest.mark.parametrize(("ago_s", "code"), [(0.0, 0), (90.0, 1)])
def test_the_command_tells_it_by_its_exit_code(
    running: Running, monkeypatch: pytest.MonkeyPatch, ago_s: float, code: int
) -> None:
    """With the same lines as JSON."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP", running.settings.kafka_bootstrap)
    monkeypatch.setenv("REDIS_URL", running.settings.redis_url)
    monkeypatch.setenv("OFFLINE_AFTER_S", "30")
    settings.cache_clear()
    running.publish(ago_s)
    done = CliRunner().invoke(app, ["quick", "--api", running.api, "--json"], catch_exceptions=False)
    settings.cache_clear()
    found = orjson.loads(done.stdout)
    assert (done.exit_code, found["ok"]) == (code, code == 0)
    assert [one["item"] for one in found["items"]] == ["api", "redis", "heartbeats", "lag"]
    with closing(ViewReader(running.settings.redis_url, timeout_s=5.0)) as reader:
        smoke = reader.smoke() or {}
    assert (smoke["ok"], smoke["command"]) == (found["ok"], "check quick")
    assert smoke["items"] == [
        {"name": one["item"], "outcome": one["state"], "seen": one["evidence"]} for one in found["items"]
    ]


def test_a_url_that_is_none_is_said() -> None:
    """As a bad use: exit code 2."""
    done = CliRunner().invoke(app, ["quick", "--api", "localhost:8000"])
    assert done.exit_code == 2
    assert "no URL such as http://127.0.0.1:8000" in done.stderr
