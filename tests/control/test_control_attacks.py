"""A forged, replayed, expired or under-privileged command is refused, audited, and changes nothing.

Over the real verdict, memory of ids, desk and audit, as a shard and the guard put them together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from control.examples import GOOD, SECRET, TS, command, signed
from models.control.commands import Command
from models.control.hearing import heard
from models.control.repeats import Repeats
from models.control.signature import role_key
from models.control.verdict import FRESH_NS, judge
from models.desk.desk import Desk, take_in
from models.guard.auditing import Auditor

MODELS = ("stub-sine", "ml-fusion", "river-logistic")
ROLES = ("admin", "guard", "trader", "viewer")
MAY = {
    "guard": {"kill", "halt", "rollback", "rollout", "policy.set", "weights.set", "model.promote"},
    "trader": {"paper.order", "paper.close"},
    "viewer": set[str](),
}
Body = dict[str, Any]


class World:
    """One shard's desk, and the guard's audit, over the records of a control topic."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.audits: list[Body] = []
        self._repeats, self._auditor = Repeats(), Auditor()

    def receive(self, record: bytes, ts: int = TS) -> Body:
        """Take a record in, as its bytes lie in the topic; return its audit."""
        try:
            raw = orjson.loads(record)
        except orjson.JSONDecodeError:
            raw = None
        verdict = judge(raw, ts, SECRET)
        if isinstance(verdict, Command):
            verdict = self._repeats.take(verdict, ts) or verdict
        self.audits.append(self._auditor.step(len(self.audits), ts, heard(raw, ts, SECRET)))
        if isinstance(verdict, Command):
            self.desk, _ = take_in(self.desk, verdict, MODELS)
        return self.audits[-1]


class Attack(NamedTuple):
    """A record that must not work, and when it comes."""

    record: bytes
    ts: int
    reason: str  # begins like this


def record_of(one: Command, **how: str) -> bytes:
    """Return a signed record as bytes."""
    return orjson.dumps(signed(one, **how))


def good(draw: Callable[..., Any], n: int, role: str = "admin") -> Command:
    """Return a good command under a number."""
    cmd, args = draw(st.sampled_from(GOOD))
    return command(cmd, args, n=n, role=role)


@st.composite
def forged(draw: Callable[..., Any]) -> Attack:
    """Signed with another role's key, under another secret, or with what was never a signature."""
    one = good(draw, draw(st.integers(100, 2**62)))
    wrong = draw(st.sampled_from(["guard's key", "another secret", "none", "zeros"]))
    if wrong == "guard's key":
        record = record_of(one, key_role=draw(st.sampled_from(ROLES[1:])))
    elif wrong == "another secret":
        record = record_of(one, secret=draw(st.text(max_size=20).filter(lambda text: text != SECRET)))
    else:
        record = orjson.dumps(one.as_dict() | ({"sig": "0" * 64} if wrong == "zeros" else {}))
    return Attack(record, TS, "the signature does not match role 'admin'")


@st.composite
def expired(draw: Callable[..., Any]) -> Attack:
    """Genuine, but kept back, or of a clock that is far ahead."""
    away = draw(st.integers(FRESH_NS + 1, 10**17)) * draw(st.sampled_from([-1, 1]))
    return Attack(record_of(good(draw, 100)), TS + away, "the command's ts is over 60 s")


@st.composite
def presumptuous(draw: Callable[..., Any]) -> Attack:
    """With the genuine key of a role that may not send it."""
    role = draw(st.sampled_from(ROLES[1:]))
    one = draw(st.sampled_from(GOOD).filter(lambda pair: pair[0] not in MAY[role]))
    return Attack(record_of(command(*one, n=100, role=role)), TS, f"role '{role}' may not send '{one[0]}'")


def told(body: Body) -> bool:
    """Return whether an audit says anything that could be used again."""
    text = orjson.dumps(body).decode()
    return SECRET in text or any(role_key(SECRET, role).hex() in text for role in ROLES)


def began(draw: Callable[..., Any]) -> tuple[World, list[bytes]]:
    """Return a world after a few genuine commands, numbered from 1, and their records."""
    world = World()
    records = [record_of(good(draw, n)) for n in range(1, draw(st.integers(1, 5)) + 1)]
    for record in records:
        assert world.receive(record)["accepted"]
    return world, records


@settings(derandomize=True, deadline=None, max_examples=100)
@given(data=st.data(), attack=st.one_of(forged(), expired(), presumptuous()))
def test_a_false_command_changes_nothing_and_is_audited(data: st.DataObject, attack: Attack) -> None:
    """The desk stays the very same, the audit says why, and the next genuine command works."""
    world, records = began(data.draw)
    before = world.desk
    body = world.receive(attack.record, attack.ts)
    assert world.desk is before
    assert (body["accepted"], body["offset"]) == (False, len(records))
    assert body["reason"].startswith(attack.reason)
    signature = orjson.loads(attack.record).get("sig", "no signature")
    assert not told(body)
    assert signature not in orjson.dumps(body).decode()
    world.receive(record_of(command("kill", n=99)))
    assert world.desk.killed
    assert world.audits[-1]["accepted"]


@settings(derandomize=True, deadline=None, max_examples=100)
@given(data=st.data())
def test_a_replayed_command_changes_nothing_and_is_audited(data: st.DataObject) -> None:
    """Its very bytes again, its id under a new number, or its number under a new id, while it is fresh."""
    world, records = began(data.draw)
    before = world.desk
    record = data.draw(st.sampled_from(records))
    again = Command(**{name: value for name, value in orjson.loads(record).items() if name != "sig"})
    how = data.draw(st.sampled_from(["bytes", "id", "number"]))
    if how != "bytes":
        record = record_of(replace(again, n=1_000) if how == "id" else replace(again, id="new"))
    body = world.receive(record, TS + data.draw(st.integers(0, FRESH_NS)))
    assert world.desk is before
    assert not body["accepted"]
    assert body["reason"].startswith("repeat: actor 'ada' has already sent ")
    assert (body["cmd"], body["actor"]) == (again.cmd, "ada")
    assert not told(body)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(data=st.data())
def test_a_record_with_a_changed_byte_is_refused_or_the_same_command(data: st.DataObject) -> None:
    """Nothing in a record can be turned into something else that is accepted."""
    world, _ = began(data.draw)
    before = world.desk
    one = good(data.draw, 50)
    genuine = record_of(one)
    record = bytearray(genuine)
    for _ in range(data.draw(st.integers(1, 3))):
        record[data.draw(st.integers(0, len(record) - 1))] = data.draw(st.integers(0, 255))
    body = world.receive(bytes(record))
    assert not told(body)
    if body["accepted"]:
        assert world.audits[-1]["args"] == one.as_dict()["args"]
        assert (body["command_id"], body["n"], body["cmd"], body["scope"]) == (one.id, 50, one.cmd, one.scope)
    else:
        assert world.desk is before
        assert body["reason"]
        assert signed(one)["sig"] not in orjson.dumps(body).decode()
        assert world.receive(genuine)["accepted"]


@pytest.mark.parametrize(("cmd", "args"), [("unkill", {"reason": "over"}), ("kill", {})])
def test_every_single_byte_of_a_record_counts(cmd: str, args: Body) -> None:
    """At each place, the lowest bit turned over and a blank instead."""
    one = command(cmd, args)
    genuine = record_of(one)
    for place in range(len(genuine)):
        for byte in (genuine[place] ^ 1, 0x20):
            world = World()
            body = world.receive(genuine[:place] + bytes([byte]) + genuine[place + 1 :])
            changed = byte != genuine[place]
            assert body["accepted"] is not changed, (place, bytes([byte]))
            assert (world.desk.numbers == {}) is changed
