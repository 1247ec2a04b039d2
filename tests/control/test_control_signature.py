"""Signatures: one text for a command, one key for a role, and no field that may be changed afterwards."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from control.examples import GOOD, SECRET, TS, command
from models.control.commands import parse
from models.control.signature import canonical, role_key, sign, verify

ADMIN = role_key(SECRET, "admin")
KILL = command("kill", {"reason": "drift"})


def test_the_key_and_the_signature_are_those_of_openssl() -> None:
    """Whoever signs with another tool must meet these two values, made with ``openssl dgst -hmac``."""
    assert ADMIN.hex() == "38e5852398656eb945794299c75c0c817c8a0ec8f769f9eaa80aad5bf2423c71"
    assert sign(KILL, ADMIN) == "5409e20ed0ddc4ac48912349e66b3b9c107b04320005616613ce700eec9d86a5"


def test_what_is_signed_is_one_sorted_ascii_text_without_spaces() -> None:
    """The signed text of a command is fixed to the byte."""
    text = canonical(command("kill", {"reason": "Überhitzung"}).as_dict())
    assert text == (
        b'{"actor":"ada","args":{"reason":"\\u00dcberhitzung"},"cmd":"kill","id":"ada-1","n":1,'
        b'"role":"admin","scope":"all","ts":%d}' % TS
    )


@pytest.mark.parametrize(("cmd", "args"), GOOD)
def test_a_good_signature_verifies(cmd: str, args: dict[str, Any]) -> None:
    """Every command verifies under the key it was signed with, and has a signature of its own."""
    one = command(cmd, args)
    assert verify(one, sign(one, ADMIN), ADMIN)
    assert sign(one, ADMIN) != sign(replace(one, n=2), ADMIN)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "ada-2"}, {"ts": TS + 1}, {"actor": "bob"}, {"n": 2}, {"role": "guard"}, {"cmd": "halt"},
        {"scope": "symbol:BTCUSDT"}, {"args": {}}, {"args": {"reason": "drift "}},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_no_field_can_be_changed_under_a_signature(change: dict[str, Any]) -> None:
    """All eight fields are signed."""
    assert not verify(replace(KILL, **change), sign(KILL, ADMIN), ADMIN)


def test_every_bit_of_a_signature_counts() -> None:
    """A cut, longer, upper-case or flipped signature is another one."""
    good = sign(KILL, ADMIN)
    flipped = [f"{good[:i]}{int(good[i], 16) ^ 1:x}{good[i + 1 :]}" for i in range(len(good))]
    for bad in ["", good[:-1], good + "0", good.upper(), " " + good, "ü" * 64, "\ud800", *flipped]:
        assert not verify(KILL, bad, ADMIN), bad


def test_each_role_and_each_secret_has_a_key_of_its_own() -> None:
    """The guard's key signs nothing for the admin."""
    keys = {
        role_key(secret, role) for secret in (SECRET, SECRET + "!") for role in ("admin", "guard", "trader")
    }
    assert len(keys) == 6
    assert not verify(KILL, sign(KILL, role_key(SECRET, "guard")), ADMIN)


def test_signatures_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison is left to ``hmac.compare_digest``, whatever it answers."""
    asked: list[tuple[bytes, bytes]] = []

    def compare(ours: bytes, theirs: bytes) -> bool:
        asked.append((ours, theirs))
        return True

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert verify(KILL, "no signature", ADMIN)
    assert asked == [(sign(KILL, ADMIN).encode(), b"no signature")]


def reversed_keys(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same mapping, its keys in the opposite order, at every depth."""
    return {k: reversed_keys(v) if isinstance(v, Mapping) else v for k, v in reversed(plain.items())}


@settings(derandomize=True, deadline=None)
@given(
    exit_=st.floats(0, 0.5),
    width=st.floats(1e-9, 0.5),
    reason=st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
    n=st.integers(0, 2**63 - 1),
)
def test_the_way_over_the_wire_keeps_a_signature(exit_: float, width: float, reason: str, n: int) -> None:
    """Key order, and a trip through another JSON library, leave numbers and texts what they were."""
    args = {"exit": exit_, "entry": exit_ + width, "reason": reason}
    one = command("policy.set", args, n=n)
    back = parse(orjson.loads(orjson.dumps(reversed_keys(one.as_dict()))))
    assert canonical(back.as_dict()) == canonical(one.as_dict())
    assert verify(back, sign(one, ADMIN), ADMIN)
