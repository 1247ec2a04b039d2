"""Control commands as one process sees them: all of them, in order, once for all of its shards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import orjson
import pytest
from structlog.testing import capture_logs

from connectors.embedded import EmbeddedBroker
from connectors.kafka.control_feed import ControlFeed
from models.control.commands import Command
from models.control.signature import role_key, sign
from tests.kafka.partitions import fill

pytestmark = pytest.mark.embedded

SECRET = "a secret for tests"


@pytest.fixture
def topic(new_topic: Callable[..., str]) -> str:
    """An empty control topic."""
    return new_topic("control")


@pytest.fixture
def opened(broker: EmbeddedBroker, topic: str) -> Iterator[Callable[[], ControlFeed]]:
    """Open the feed, as a process does at its start."""
    feeds: list[ControlFeed] = []

    def open_() -> ControlFeed:
        feeds.append(ControlFeed(broker.bootstrap, topic, SECRET))
        return feeds[-1]

    yield open_
    for feed in feeds:
        feed.close()


def command(n: int) -> Command:
    """Return a kill that was sent just now."""
    return Command(id=f"c{n}", ts=time.time_ns(), actor="ada", n=n, role="admin", cmd="kill")


def send(broker: EmbeddedBroker, topic: str, *commands: Command, secret: str = SECRET) -> None:
    """Put signed commands on the topic."""
    key = role_key(secret, "admin")
    fill(broker.bootstrap, topic, [orjson.dumps(one.as_dict() | {"sig": sign(one, key)}) for one in commands])


def taken(feed: ControlFeed, offset: int = 0) -> list[tuple[int, str]]:
    """Return offset and id of the commands from an offset on."""
    return [(at, one.id) for at, _, one in feed.since(offset)]


def test_what_was_sent_before_the_start_is_there_at_once(
    broker: EmbeddedBroker, topic: str, opened: Callable[[], ControlFeed]
) -> None:
    """A kill that was sent while the process was down comes before its first new tick."""
    send(broker, topic, command(1), command(2))
    feed = opened()
    assert taken(feed) == [(0, "c1"), (1, "c2")]
    assert feed.end == 2


def test_what_is_sent_later_is_taken_in_by_looking(
    broker: EmbeddedBroker, topic: str, opened: Callable[[], ControlFeed]
) -> None:
    """Behind what was there, none twice."""
    send(broker, topic, command(1))
    feed = opened()
    send(broker, topic, command(2), command(3))
    while feed.end < 3:
        feed.poll()
    assert taken(feed) == [(0, "c1"), (1, "c2"), (2, "c3")]


def test_each_shard_asks_from_where_it_stands(
    broker: EmbeddedBroker, topic: str, opened: Callable[[], ControlFeed]
) -> None:
    """Asking takes nothing away from the others."""
    send(broker, topic, *map(command, range(4)))
    feed = opened()
    assert taken(feed, 2) == [(2, "c2"), (3, "c3")]
    assert taken(feed, 3) == [(3, "c3")]
    assert taken(feed, 4) == []
    assert len(taken(feed)) == 4


def test_what_is_no_command_is_passed_over(
    broker: EmbeddedBroker, topic: str, opened: Callable[[], ControlFeed]
) -> None:
    """Forged, old, or no JSON at all; its offset is none of a command's, and those behind it come."""
    send(broker, topic, command(1), secret="another secret")
    send(broker, topic, replace(command(2), ts=time.time_ns() - 120 * 10**9))
    fill(broker.bootstrap, topic, [b"{", b"[]"])
    send(broker, topic, command(3))
    feed = opened()
    assert taken(feed) == [(4, "c3")]
    assert feed.end == 5


def test_a_command_comes_with_the_brokers_time_of_it(
    broker: EmbeddedBroker, topic: str, opened: Callable[[], ControlFeed]
) -> None:
    """In nanoseconds; shards that take it in on other machines journal the same."""
    send(broker, topic, command(1))
    ((_, first, one),), ((_, second, _),) = opened().since(0), opened().since(0)
    assert first == second
    assert abs(first - one.ts) < 60 * 10**9


def test_a_command_that_is_sent_twice_is_one(
    broker: EmbeddedBroker, topic: str, opened: Callable[[], ControlFeed]
) -> None:
    """Its second record is refused, signed anew or not, so that no shard journals it."""
    first = command(1)
    send(broker, topic, first, first, replace(first, n=2), command(3))
    assert taken(opened()) == [(0, "c1"), (3, "c3")]


def test_what_is_refused_is_logged_without_what_is_secret(
    broker: EmbeddedBroker, topic: str, opened: Callable[[], ControlFeed]
) -> None:
    """Neither the secret, where somebody wrote it into a command, nor the signature of a forged one."""
    forged = command(1).as_dict() | {"cmd": f"{SECRET}!", "sig": "ab" * 32, "scope": "ab" * 32}
    fill(broker.bootstrap, topic, [orjson.dumps(forged)])
    with capture_logs() as logs:
        opened()
    (line,) = logs
    assert line["reason"].startswith("unknown command '(hidden)!'; known: ")
    assert "ab" * 32 not in str(line)


def test_a_quiet_feed_logs_nothing(broker: EmbeddedBroker, topic: str) -> None:
    """Who only looks up what was sent has no use for the refusals of a week."""
    send(broker, topic, command(1), secret="another secret")
    with capture_logs() as logs, closing(ControlFeed(broker.bootstrap, topic, SECRET, quiet=True)) as feed:
        assert taken(feed) == []
    assert logs == []
