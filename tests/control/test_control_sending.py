"""Sending and waiting: an id once, a number above all before, and who did not answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import orjson
import pytest
import typer

from connectors.codecs.wire import encode_entry
from connectors.embedded import EmbeddedBroker
from connectors.kafka.clients import producer
from connectors.kafka.control_feed import feed_of
from connectors.kafka.control_sender import AlreadySentError, Sender, send
from connectors.kafka.topics import planned
from connectors.settings import Settings
from flows import sending
from flows.sending import new_command, send_and_tell
from models.control.commands import Command
from models.desk.desk import Desk, take_in
from models.journal.entry import COMMAND, Entry

pytestmark = [pytest.mark.embedded, pytest.mark.slow]
SECRET = "a secret for tests"


@pytest.fixture(scope="module")
def config() -> Iterator[Settings]:
    """The settings of an instance of two shards that nobody runs."""
    given = Settings(_env_file=None, partitions=2, admin_secret=SECRET)
    with EmbeddedBroker({plan.name: plan.partitions for plan in planned(given)}) as broker:
        yield given.model_copy(update={"kafka_bootstrap": broker.bootstrap})


@pytest.fixture(autouse=True)
def given(config: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command line find these settings."""
    monkeypatch.setattr(sending, "settings", lambda: config)


def sent_by(config: Settings, actor: str) -> list[Command]:
    """Return the accepted commands of an actor; each test has one of its own."""
    with closing(feed_of(config)) as feed:
        return [command for _, _, command in feed.since(0) if command.actor == actor]


@contextmanager
def answering(config: Settings, *shards: int) -> Iterator[None]:
    """Journal each command for these shards, as their flow would."""
    ending, feed = threading.Event(), feed_of(config)
    client = producer(config.kafka_bootstrap, linger_ms=0, enable_idempotence=False)

    def work() -> None:
        offset = feed.end
        while not ending.is_set():
            feed.poll()
            for at, ts, command in feed.since(offset):
                entry = Entry(0, at, 40, COMMAND, {"command": command.as_dict(), "ts": ts}, at)
                for shard in shards:
                    client.produce("journal", encode_entry(entry), partition=shard)
                offset = at + 1
            client.flush(0.02)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()
        feed.close()


def tell(capsys: pytest.CaptureFixture[str], **how: Any) -> tuple[int, dict[str, Any], str]:
    """Send a kill as the command line does; return exit code, what it printed, and what it complained of."""
    code = 0
    try:
        send_and_tell("kill", {"reason": "drill"}, timeout=how.pop("timeout", 20), as_json=True, **how)
    except typer.Exit as end:
        code = end.exit_code
    said = capsys.readouterr()
    return code, orjson.loads(said.out), said.err


def test_an_id_is_sent_once_and_the_second_time_says_so(
    config: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0, since what was asked for is done; and nothing more lies on the topic."""
    again_and_again = {"actor": "ada", "name": "deploy-7"}
    assert tell(capsys, wait=False, **again_and_again) == (0, {"id": "deploy-7", "sent": True}, "")
    code, told, complaint = tell(capsys, wait=True, **again_and_again)
    again = {"id": "deploy-7", "sent": False, "repeat": True, "offset": told["offset"]}
    assert (code, told, complaint) == (0, again, "")
    assert [command.id for command in sent_by(config, "ada")] == ["deploy-7"]
    with pytest.raises(AlreadySentError, match=r"already sent 'deploy-7', at offset \d+ .* nothing was sent"):
        send(config, new_command("unkill", {"reason": "x"}, "ada", name="deploy-7"))
    send(config, new_command("kill", {}, "bob", name="deploy-7"))
    assert [command.id for command in sent_by(config, "bob")] == ["deploy-7"]


def test_a_number_is_above_all_that_its_sender_has_used(config: Settings) -> None:
    """A second machine whose clock is behind must not send kills that the desk takes for repeats."""
    ahead = Command(
        id="ahead", ts=time.time_ns(), actor="bea", n=time.time_ns() + 50 * 10**9, role="admin", cmd="canary",
        args={"enabled": False},
    )  # fmt: skip
    send(config, ahead)
    send(config, new_command("kill", {}, "bea"))
    first, kill = sent_by(config, "bea")
    assert kill.n == first.n + 1
    desk, _ = take_in(Desk(), first, ())
    desk, refusal = take_in(desk, kill, ())
    assert (desk.killed, refusal) == (True, None)


def test_waiting_returns_when_all_shards_have_taken_it_in(
    config: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the time of each, and the longest."""
    with answering(config, 0, 1):
        code, told, complaint = tell(capsys, wait=True, actor="cleo")
    assert (code, complaint, told["missing"]) == (0, "", [])
    assert [(ack["shard"], ack["after"]) for ack in told["acks"]] == [
        ("ticks/0000", 40),
        ("ticks/0001", 40),
    ]
    assert told["ms"] == max(ack["ms"] for ack in told["acks"]) >= 0


def test_a_dead_shard_is_named(config: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """After the time-out, with exit code 2; the others' answers are told."""
    with answering(config, 1):
        code, told, complaint = tell(capsys, wait=True, timeout=1.5, actor="dora")
    assert code == 2
    assert told["missing"] == ["ticks/0000"]
    assert [ack["shard"] for ack in told["acks"]] == ["ticks/0001"]
    assert complaint == "no acknowledgement from ticks/0000: is the flow running?\n"


def test_the_fast_sender_and_the_careful_one_number_alike(config: Settings) -> None:
    """Commands of both are accepted in the order in which they were sent."""
    fast = Sender(config, "eva")
    sent: list[Callable[[], object]] = [
        lambda: fast.send("halt"),
        lambda: send(config, new_command("kill", {}, "eva")),
        lambda: fast.send("rollback"),
    ]
    for one in sent:
        one()
    found = sent_by(config, "eva")
    assert [command.cmd for command in found] == ["halt", "kill", "rollback"]
    assert [command.n for command in found] == sorted(command.n for command in found)
