"""The verdict on a record of the control topic, as every shard reaches it alike."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from control.examples import GOOD, SECRET, TS, command, signed
from models.control.commands import Command
from models.control.verdict import Refusal, judge

KILL = command("kill", {"reason": "drift"})
SECOND = 1_000_000_000
NO_MATCH = Refusal("the signature does not match role 'admin' under this ADMIN_SECRET")
STALE = Refusal("the command's ts is over 60 s from the broker's clock; check the sender's clock")


@pytest.mark.parametrize(("cmd", "args"), GOOD)
def test_a_signed_fresh_command_is_taken(cmd: str, args: dict[str, Any]) -> None:
    """The verdict is the command itself."""
    one = command(cmd, args)
    assert judge(signed(one), TS, SECRET) == one


@pytest.mark.parametrize("cmd", ["kill", "halt", "rollback"])
def test_the_guard_brakes_under_its_own_key(cmd: str) -> None:
    """Each role has its own key; the guard's is good for the guard."""
    one = command(cmd, role="guard")
    assert judge(signed(one), TS, SECRET) == one
    refused = judge(signed(one, key_role="admin"), TS, SECRET)
    assert refused == Refusal("the signature does not match role 'guard' under this ADMIN_SECRET")


@pytest.mark.parametrize("raw", [None, [], "kill", 5])
def test_what_is_no_command_is_refused(raw: object) -> None:
    """None stands for bytes that were not JSON."""
    assert judge(raw, TS, SECRET) == Refusal("a command is a JSON object")


@pytest.mark.parametrize("secret", [None, ""])
def test_without_a_secret_nothing_is_taken(secret: str | None) -> None:
    """An empty secret is none: else anyone could sign."""
    message = "this flow has no ADMIN_SECRET; set it to take commands"
    assert judge(signed(KILL, secret=secret or ""), TS, secret) == Refusal(message)


@pytest.mark.parametrize("sig", [None, "", 5, "0" * 64, "ü", "\ud800", ["x"]])
def test_a_wrong_signature_is_refused(sig: object) -> None:
    """Whatever stands in its place."""
    assert judge(KILL.as_dict() | {"sig": sig}, TS, SECRET) == NO_MATCH


def test_a_missing_signature_is_refused() -> None:
    """An unsigned command is no command."""
    assert judge(KILL.as_dict(), TS, SECRET) == NO_MATCH


def test_a_signature_under_another_secret_is_refused() -> None:
    """A staging secret opens nothing here."""
    assert judge(signed(KILL, secret="staging"), TS, SECRET) == NO_MATCH


def test_a_role_cannot_sign_for_another() -> None:
    """Neither the guard as admin, nor a command re-labelled after the guard signed it."""
    assert judge(signed(KILL, key_role="guard"), TS, SECRET) == NO_MATCH
    relabelled = signed(command("kill", role="guard")) | {"role": "admin"}
    assert judge(relabelled, TS, SECRET) == NO_MATCH


@pytest.mark.parametrize(
    "change",
    [
        {"id": "ada-2"}, {"ts": TS + 1}, {"actor": "bob"}, {"n": 2}, {"cmd": "halt"},
        {"scope": "model:ml-fusion"}, {"args": {"reason": "none"}},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_a_record_changed_on_its_way_is_refused(change: dict[str, Any]) -> None:
    """Each field is one that would still be well formed."""
    assert judge(signed(KILL) | change, TS, SECRET) == NO_MATCH


@pytest.mark.parametrize("cmd", ["unkill", "resume"])
def test_the_guard_can_never_let_trading_go_on(cmd: str) -> None:
    """Not even with its own valid signature."""
    raw = signed(command(cmd, {"reason": "all green"}, role="guard"))
    assert judge(raw, TS, SECRET) == Refusal(f"role 'guard' may not send '{cmd}'")


@pytest.mark.parametrize("away", [-60 * SECOND, 0, 60 * SECOND])
def test_a_minute_to_either_side_is_fresh(away: int) -> None:
    """The bound itself still counts as fresh."""
    assert judge(signed(KILL), TS + away, SECRET) == KILL


@pytest.mark.parametrize("away", [-60 * SECOND - 1, 60 * SECOND + 1, 10**18])
def test_over_a_minute_is_stale(away: int) -> None:
    """Old commands cannot be replayed; a sender with a wrong clock is told so."""
    assert judge(signed(KILL), TS + away, SECRET) == STALE


def test_unknown_fields_beside_the_command_change_nothing() -> None:
    """They are not signed, so nothing may depend on them: they are dropped."""
    extra = {"force": True, "killed": False, "trace": {"a": [1]}}
    assert judge(extra | signed(KILL), TS, SECRET) == KILL
    assert judge(signed(KILL) | extra, TS, SECRET) == KILL


@pytest.mark.parametrize("depth", [100, 1000])
def test_a_deeply_nested_record_is_refused_like_any_other(depth: int) -> None:
    """A record by anyone at all must not end the flow."""
    nest: Any = orjson.loads(b"[" * depth + b"]" * depth)
    raw = signed(KILL) | {"args": {"reason": nest}}
    assert judge(raw, TS, SECRET) == Refusal("argument 'reason' must be a text")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from([*KILL.as_dict(), "sig"])
ARGUMENTS = st.sampled_from(
    ["reason", "enabled", "symbols", "phase", "name", "key", "value", "entry", "exit", "parts"]
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    good=st.sampled_from(GOOD),
    fields=st.dictionaries(FIELDS, JSON, max_size=2),
    args=st.dictionaries(ARGUMENTS, JSON, max_size=2),
)
def test_any_record_gets_a_verdict(
    good: tuple[str, dict[str, Any]], fields: dict[str, Any], args: dict[str, Any]
) -> None:
    """Never an exception; and taken only as it was signed."""
    one = command(*good)
    raw = signed(one)
    raw = raw | {"args": raw["args"] | args} | fields
    verdict = judge(raw, TS, SECRET)
    if isinstance(verdict, Command):
        assert verdict == one
    else:
        assert verdict.reason
