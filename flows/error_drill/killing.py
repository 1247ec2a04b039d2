"""A kill and its end: when each shard took them in, and what it published in between."""

from __future__ import annotations

from contextlib import closing
from typing import NamedTuple

from connectors.kafka.control_client import Ack, Acks
from flows.error_drill.ground import Ground
from flows.error_drill.heard import Note
from models.control.commands import Command
from models.judge.records import SIGNALS

HOLD = "HOLD"
ANSWER_S = 30.0
MILLI = 1_000_000


class Killed(NamedTuple):
    """What came of a kill and of its end; times are the broker's, ms."""

    killed_ms: int
    acknowledged_s: float  # from the kill to the last shard that took it in
    unkilled_ms: int
    missing: int  # shards that did not take it in
    held: int  # signals of the shards between the two
    late: int  # of them no HOLD


def killed(ground: Ground) -> Killed:
    """Kill everything, let signals come for a while, and end the kill."""
    with closing(Acks(ground.settings, ground.shards)) as acks:
        kill = ground.sender.send("kill", {"reason": "drill"})
        taken, missing = acks.wait(kill, _ms(kill), ANSWER_S)
        ground.heard.until(lambda: False, ground.plan.killed_s)
        unkill = ground.sender.send("unkill", {"reason": "the drill is over"})
        ended, more = acks.wait(unkill, _ms(unkill), ANSWER_S)
    under = between(ground.heard.since(SIGNALS, _ms(kill)), taken, ended)
    return Killed(
        killed_ms=_ms(kill),
        acknowledged_s=max((ack.ms for ack in taken), default=0.0) / 1_000,
        unkilled_ms=_ms(unkill),
        missing=len({shard.key for shard in (*missing, *more)}),
        held=len(under),
        late=sum(note.body["signal"] != HOLD for note in under),
    )


def between(signals: list[Note], taken: list[Ack], ended: list[Ack]) -> list[Note]:
    """Return the signals that shards made between a kill and its end, by their journal's numbers."""
    first = {ack.shard[:2]: ack.seq for ack in taken}
    last = {ack.shard[:2]: ack.seq for ack in ended}
    found = []
    for note in signals:
        cause = note.body["caused_by"]
        shard = cause["topic"], cause["partition"]
        if shard in first and first[shard] < cause["seq"] <= last.get(shard, cause["seq"]):
            found.append(note)
    return found


def _ms(command: Command) -> int:
    return command.ts // MILLI
