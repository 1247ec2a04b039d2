"""Telling the shards of a promotion: what was sent, and what is said where they do not follow."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.kafka.control_client import Ack
from connectors.kafka.errors import BrokerError
from connectors.settings import Settings
from flows import sending
from flows.registry.announcing import on_control, on_nothing
from models.control.commands import Command
from models.desk.news import READY, REFUSED, News
from models.judge.records import Shard

REFERENCE = "lgbm-test@" + "0" * 64
ARGS = {"name": REFERENCE, "note": "first"}
SHARDS = [Shard("ticks", 0, 0), Shard("ticks", 1, 1)]


class Broker:
    """Takes commands, and answers for the shards."""

    def __init__(self) -> None:
        self.sent: list[Command] = []
        self.answers: tuple[list[Ack], list[Shard]] = ([], [])
        self.closed = 0

    def send(self, config: Settings, command: Command) -> int:
        self.sent.append(command)
        return 5

    def acks(self, config: Settings, shards: list[Shard]) -> Broker:
        return self

    def wait(self, command: Command, sent_ms: int, timeout_s: float) -> tuple[list[Ack], list[Shard]]:
        assert (command, sent_ms, timeout_s) == (self.sent[-1], 5, 2.0)
        return self.answers

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    """In the place of the real one."""
    found = Broker()
    monkeypatch.setattr(sending, "send", found.send)
    monkeypatch.setattr(sending, "Acks", found.acks)
    monkeypatch.setattr(sending, "shards", lambda config: SHARDS)
    return found


def announce(wait_s: float | None) -> dict[str, Any]:
    """Send a promotion."""
    return on_control(Settings(_env_file=None), wait_s)("model.promote", ARGS)


def test_it_is_sent_and_not_waited_for(broker: Broker) -> None:
    """The command is an admin's, with the bundle's reference."""
    told = announce(None)

    (command,) = broker.sent
    assert told == {"id": command.id, "cmd": "model.promote"}
    assert (command.cmd, command.role, command.args) == ("model.promote", "admin", ARGS)


def test_every_shard_has_taken_it_in(broker: Broker) -> None:
    """The slowest counts, loading included."""
    ready = News(READY, REFERENCE, {"version": "v"})
    broker.answers = ([Ack(SHARDS[0], 7, 1, 3.0, ready, 900.0), Ack(SHARDS[1], 9, 1, 4.0, ready, 950.0)], [])

    assert announce(2.0) == {"id": broker.sent[0].id, "cmd": "model.promote", "shards": 2, "ms": 950.0}
    assert broker.closed == 1


def test_a_silent_shard_is_named(broker: Broker) -> None:
    """With the question that helps."""
    broker.answers = ([Ack(SHARDS[0], 7, 1, 3.0)], [SHARDS[1]])

    with pytest.raises(BrokerError, match=f"{SHARDS[1].key} did not take it in within 2 s"):
        announce(2.0)
    assert broker.closed == 1


def test_a_shard_that_refuses_the_bundle_is_named(broker: Broker) -> None:
    """With its reason."""
    refused = News(REFUSED, REFERENCE, {"reason": "hash", "detail": "not the bytes"})
    broker.answers = ([Ack(SHARDS[0], 7, 1, 3.0, refused, 30.0)], [])

    with pytest.raises(BrokerError, match=rf"{SHARDS[0].key} refused it \(not the bytes\)"):
        announce(2.0)


def test_nothing_is_sent_where_nobody_is_to_be_told(broker: Broker) -> None:
    """With --no-command."""
    assert on_nothing("model.promote", ARGS) == {}
    assert broker.sent == []
