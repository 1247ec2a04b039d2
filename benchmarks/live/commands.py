"""Signed control commands at a steady pace, and when each shard's journal had them, by broker timestamps."""

from __future__ import annotations

import time
from itertools import cycle, islice
from typing import NamedTuple

import orjson

from benchmarks.flow import Flow
from benchmarks.published import journal, records
from connectors.kafka import control_sender
from connectors.kafka.messages import timestamp_ms
from connectors.kafka.topics import output
from models.journal.entry import COMMAND
from models.judge.records import SIGNALS

FLAGS = ({"key": "ml_confid_floor", "value": 0.0}, {"key": "ml_confid_floor", "value": 0.1})


class Ack(NamedTuple):
    """One shard took one command in: ``ms`` after the broker had it, before tick ``after``."""

    id: str
    shard: int
    after: int
    ms: float


class Sender:
    """Sends commands to the flow's control topic."""

    def __init__(self, flow: Flow) -> None:
        self._sender = control_sender.Sender(flow.settings, "bench")

    def send(self, cmd: str) -> str:
        """Send one command, wait until the broker has it, and return its id."""
        return self._sender.send(cmd).id

    def flags(self, count: int, apart_s: float) -> list[str]:
        """Set a flag to and fro, ``apart_s`` seconds apart, and return the ids."""
        sent = []
        for args in islice(cycle(FLAGS), count):
            sent.append(self._sender.send("flag.set", args).id)
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
