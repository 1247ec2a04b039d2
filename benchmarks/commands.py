"""Signed control commands at a steady pace, and when each shard's journal had them, by broker timestamps."""

from __future__ import annotations

import time
import uuid
from itertools import cycle, islice
from typing import Any, NamedTuple

import orjson

from benchmarks.errors import BenchmarkError
from benchmarks.flow import SECRET, Flow
from benchmarks.published import journal, records
from connectors.kafka.clients import exact_producer
from connectors.kafka.messages import timestamp_ms
from connectors.kafka.topics import output
from models.control.commands import Command
from models.control.signature import role_key, sign
from models.journal.entry import COMMAND
from models.judge.records import SIGNALS

FLAGS = ({"key": "ml_confid_floor", "value": 0.0}, {"key": "ml_confid_floor", "value": 0.1})
_DELIVERED_S = 10.0


class Ack(NamedTuple):
    """One shard took one command in: ``ms`` after the broker had it, before tick ``after``."""

    id: str
    shard: int
    after: int
    ms: float


class Sender:
    """Sends commands to the flow's control topic."""

    def __init__(self, flow: Flow) -> None:
        self._topic = flow.settings.control_topic
        self._client = exact_producer(flow.settings.kafka_bootstrap, linger_ms=0)
        self._key = role_key(SECRET, "admin")

    def send(self, cmd: str, args: dict[str, Any] | None = None) -> str:
        """Send one command, wait until the broker has it, and return its id."""
        now = time.time_ns()
        command = Command(
            id=uuid.uuid4().hex, ts=now, actor="bench", n=now, role="admin", cmd=cmd, args=args or {}
        )
        signed = command.as_dict() | {"sig": sign(command, self._key)}
        self._client.produce(self._topic, orjson.dumps(signed), b"bench", partition=0)
        if self._client.flush(_DELIVERED_S):
            raise BenchmarkError("the broker did not take a command")
        return command.id

    def flags(self, count: int, apart_s: float) -> list[str]:
        """Set a flag to and fro, ``apart_s`` seconds apart, and return the ids."""
        sent = []
        for args in islice(cycle(FLAGS), count):
            sent.append(self.send("flag.set", args))
            time.sleep(apart_s)
        return sent


def acks(flow: Flow) -> list[Ack]:
    """Return every taking-in of a command by a shard."""
    sent = {
        orjson.loads(message.value() or b"")["id"]: timestamp_ms(message)
        for message in records(flow.settings, flow.settings.control_topic, 0)
    }
    found = []
    for shard in flow.shards:
        for ms, entry in journal(flow.settings, shard.number):
            if entry.kind == COMMAND:
                which = entry.payload["command"]["id"]
                found.append(Ack(which, shard.number, entry.after, float(ms - sent[which])))
    return found


def last_orders(flow: Flow, command_id: str) -> tuple[float, int]:
    """Return how long after a command the last signal but HOLD appeared, ms, and how many there were.

    Both times are the broker's; 0 where the last one was before the command.
    """
    control = records(flow.settings, flow.settings.control_topic, 0)
    [sent] = [timestamp_ms(m) for m in control if orjson.loads(m.value() or b"")["id"] == command_id]
    times = [
        timestamp_ms(message)
        for shard in flow.shards
        for message in records(flow.settings, output(SIGNALS, flow.settings), shard.number)
        if orjson.loads(message.value() or b"")["signal"] != "HOLD"
    ]
    return float(max([sent, *times]) - sent), len(times)
