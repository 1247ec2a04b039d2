"""The page of the commands: every command, with what its schema takes, and who may send it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from control.examples import GOOD, command
from models.control.commands import BadCommandError, parse
from models.control.described import COMMANDS
from models.control.page import control_page, roles

NAMES = sorted({cmd for cmd, _ in GOOD})


def test_every_command_is_on_the_page() -> None:
    """And no other."""
    assert sorted(COMMANDS) == NAMES
    assert [name for name in NAMES if f"\n| `{name}` |" not in control_page()] == []


@pytest.mark.parametrize("cmd", NAMES)
def test_its_arguments_are_those_that_it_takes(cmd: str) -> None:
    """The message about an unknown argument names them all, and so does the page."""
    good = next(args for name, args in GOOD if name == cmd)
    with pytest.raises(BadCommandError) as refused:
        parse(command(cmd, {**good, "nonsense": 1}).as_dict())
    known = str(refused.value).partition("known: ")[2].split(", ")
    assert sorted(re.findall("`([a-z_]+)`", COMMANDS[cmd].arguments)) == sorted(known)


@pytest.mark.parametrize(("cmd", "args"), GOOD)
@pytest.mark.parametrize("role", ["admin", "trader", "guard"])
def test_its_roles_are_those_that_may_send_it(role: str, cmd: str, args: dict[str, Any]) -> None:
    """By the same table."""
    try:
        parse(command(cmd, args, role=role).as_dict())
    except BadCommandError:
        assert role not in roles(cmd)
    else:
        assert role in roles(cmd)
