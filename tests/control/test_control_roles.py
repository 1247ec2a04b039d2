"""The sender's side of roles: an order is sent in the role that was given, if that role may send it."""

from __future__ import annotations

import pytest

from control.examples import SECRET
from flows.sending import new_command
from models.control.commands import BadCommandError
from models.control.signature import role_key, sign
from models.control.verdict import judge

ORDER = {"symbol": "BTCUSDT", "side": "buy", "notional_usd": 100.0, "reason": ""}


@pytest.mark.parametrize("role", ["admin", "trader"])
def test_an_order_is_sent_in_the_role_that_was_given(role: str) -> None:
    """What is empty is left out; the key is that of the role."""
    one = new_command("paper.order", ORDER, "ada", role=role)
    assert (one.role, one.sender) == (role, f"{role}:ada")
    assert dict(one.args) == {"symbol": "BTCUSDT", "side": "buy", "notional_usd": 100.0}
    signed = one.as_dict() | {"sig": sign(one, role_key(SECRET, role))}
    assert judge(signed, one.ts, SECRET) == one


def test_closing_everything_names_no_symbol() -> None:
    """An empty argument of the command line is none."""
    assert new_command("paper.close", {"symbol": "", "reason": ""}, role="trader").args == {}


def test_a_trader_is_told_what_is_not_his() -> None:
    """Before anything is sent."""
    with pytest.raises(BadCommandError, match="role 'trader' may not send 'kill'"):
        new_command("kill", {}, role="trader")
