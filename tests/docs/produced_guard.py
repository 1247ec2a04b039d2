"""Records of the guard, made by its stage of an eventful hour; and its journal."""

from __future__ import annotations

from collections.abc import Iterator

from guard.looks import FIRST, World, began, spec
from guard.test_guard_rollouts import SMALL
from guard.test_guard_verdicts import CHALLENGED, LONG

from connectors.codecs.wire import Encoded, encode, encode_entry
from connectors.kafka.guard.entries import LOOK, genesis, look
from connectors.kafka.topics import GUARD_JOURNAL
from models.guard.guard import Guard
from models.guard.inputs import Answered, Look
from models.guard.records import GUARD
from models.journal.entry import GENESIS, OPEN, Entry
from models.spec import SECOND


def guard_records() -> Iterator[Encoded]:
    """Yield alerts of each kind, an audit of each, a run that is finished and one with a verdict."""
    made = spec(profiles={"small": SMALL, "long": LONG}, desk=CHALLENGED)
    for guarded in began(Guard(made)).step(_looks()):
        yield from map(encode, guarded.records)


def _looks() -> Iterator[Look]:
    world = World()
    world.begin(CHALLENGED)
    world.seconds(20)
    world.drift(0.05, model="stub-sine")
    world.tell("control", 0, {"refused": "the signature does not match", "said": {"cmd": "unkill"}})
    for command in ("rollout.suspend", "rollout.resume"):
        world.command(command, reason="no run yet")
    start = world.command("rollout.start", profile="long", hours=0.1)
    world.taken_in(start)
    for _ in range(60):
        world.seconds(10)
        yield world.look(api=Answered(True, 3.0))
    world.command("rollout.suspend", reason="lunch")
    world.command("rollout.resume", reason="back")
    world.drift(0.4)
    world.seconds(30)
    yield world.look(at=world.at + 30 * SECOND)
    world.command("rollback", reason="enough")
    world.drift(0.05)
    world.seconds(300, traded=False)
    yield world.look()


def guard_entries() -> Iterator[Encoded]:
    """Yield what the guard writes to its journal, each kind once."""
    places = {"signals/0": 7, "control/0": 0}
    entries = (
        Entry(1, -1, 1, OPEN, {"nonce": "0123456789abcdef"}),
        Entry(1, 0, 1, GENESIS, genesis(FIRST * SECOND, places, spec().fingerprint())),
        Entry(1, 1, 1, LOOK, look(FIRST * SECOND, {"signals/0": 9}, Answered(True, 4.2), [0])),
    )
    for entry in entries:
        yield Encoded(GUARD_JOURNAL, GUARD.key.encode(), encode_entry(entry), None, entry.seq)
