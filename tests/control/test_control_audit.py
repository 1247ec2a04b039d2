"""The audit of the control topic: one body a record, its reason, and nothing that could be used again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from control.examples import GOOD, SECRET, TS, command, signed
from models.control.hearing import heard
from models.control.said import said
from models.control.signature import role_key
from models.guard.auditing import Auditor, refused

KILL = command("kill", {"reason": "drift"}, scope="symbol:BTCUSDT", n=7)


def told_of(raw: Any, ts: int = TS, secret: str | None = SECRET) -> dict[str, Any]:
    """Return what the guard hears of a record."""
    return heard(raw, ts, secret)


def audit(raw: Any, **how: Any) -> dict[str, Any]:
    """Return the audit of one record, the first that is heard of."""
    return Auditor().step(12, TS, told_of(raw, **how))


def test_an_accepted_command_is_told_in_full() -> None:
    """All but its signature."""
    told = audit(signed(KILL))
    assert told == {
        "id": told["id"], "ts": TS, "event": "command", "offset": 12, "accepted": True, "reason": "",
        "command_id": "ada-7", "actor": "ada", "role": "admin", "cmd": "kill", "scope": "symbol:BTCUSDT",
        "args": {"reason": "drift"}, "n": 7,
    }  # fmt: skip
    assert len(told["id"]) == 32


@pytest.mark.parametrize(
    ("raw", "how", "reason"),
    [
        (None, {}, "a command is a JSON object"),
        (signed(KILL) | {"n": "7"}, {}, "'n' must be an integer"),
        (signed(KILL), {"secret": None}, "this flow has no ADMIN_SECRET; set it to take commands"),
        (signed(KILL) | {"sig": "0" * 64}, {},
         "the signature does not match role 'admin' under this ADMIN_SECRET"),
        (signed(KILL), {"ts": TS + 61 * 10**9},
         "the command's ts is over 60 s from the broker's clock; check the sender's clock"),
        (signed(command("unkill", {"reason": "x"}, role="guard")), {}, "role 'guard' may not send 'unkill'"),
    ],
    ids=["shape", "field", "no secret", "signature", "expired", "role"],
)  # fmt: skip
def test_a_refused_record_is_told_with_its_reason(raw: Any, how: dict[str, Any], reason: str) -> None:
    """And with who it says it is from, as far as it says so."""
    told = audit(raw, **how)
    assert (told["accepted"], told["reason"], told["offset"]) == (False, reason, 12)
    assert told["actor"] == ("ada" if raw else "")
    assert told["n"] == (raw["n"] if raw and type(raw["n"]) is int else None)


def test_a_used_number_is_a_repeat_also_across_a_restart() -> None:
    """As at the desk: per actor and role, and a higher one goes on."""
    auditor = Auditor()
    assert auditor.step(0, TS, told_of(signed(command("kill", n=5))))["accepted"]
    auditor = Auditor(orjson.loads(orjson.dumps(auditor.snapshot())))
    again = auditor.step(1, TS, told_of(signed(replace(command("unkill", {"reason": "x"}, n=5), id="new"))))
    assert (again["accepted"], again["cmd"]) == (False, "unkill")
    assert again["reason"] == "repeat: actor 'ada' has already sent number 5 or a later one"
    assert auditor.step(2, TS, told_of(signed(command("kill", n=0, actor="bob"))))["accepted"]
    assert auditor.step(3, TS, told_of(signed(command("kill", n=6))))["accepted"]


def test_a_used_id_is_a_repeat_also_across_a_restart() -> None:
    """As at the feed of the shards, whatever its number; another actor's is another."""
    auditor = Auditor()
    auditor.step(0, TS, told_of(signed(command("kill", n=5))))
    auditor = Auditor(orjson.loads(orjson.dumps(auditor.snapshot())))
    again = auditor.step(1, TS, told_of(signed(replace(command("kill", n=6), id="ada-5"))))
    assert (again["accepted"], again["reason"]) == (False, "repeat: actor 'ada' has already sent 'ada-5'")
    assert auditor.step(2, TS, told_of(signed(replace(command("kill", actor="bob"), id="ada-5"))))["accepted"]
    assert auditor.snapshot()["numbers"] == {"admin:ada": 5, "admin:bob": 1}


def test_a_refused_record_uses_up_no_number() -> None:
    """Else a forger could silence an actor."""
    auditor = Auditor()
    auditor.step(0, TS, told_of(signed(command("kill", n=10**18), secret="another")))
    assert auditor.snapshot() == {"numbers": {}, "ids": {}}
    assert auditor.step(1, TS, told_of(signed(command("kill", n=1))))["accepted"]


def test_each_record_has_an_id_of_its_own_and_always_the_same() -> None:
    """A pure function of where it stands."""
    ids = [Auditor().step(offset, TS, told_of(signed(KILL)))["id"] for offset in (0, 1, 1)]
    assert ids[0] != ids[1] == ids[2]


@pytest.mark.parametrize(("cmd", "args"), GOOD)
def test_no_signature_and_no_secret_is_told(cmd: str, args: dict[str, Any]) -> None:
    """Of any command, accepted or not."""
    raw = signed(command(cmd, args))
    words = [raw["sig"], SECRET, role_key(SECRET, "admin").hex()]
    for body in (audit(raw), audit(raw, secret="other"), refused(1, TS, "why", said(raw, (SECRET,)))):
        text = orjson.dumps(body).decode()
        assert [word for word in words if word in text] == []
