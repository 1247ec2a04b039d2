"""Any list of commands, with any of them sent again later, leads to the same desk."""

from __future__ import annotations

from collections.abc import Sequence

from control.examples import GOOD, command
from hypothesis import given, settings
from hypothesis import strategies as st

from models.control.commands import Command
from models.desk.desk import Desk, take_in

MODELS = ("stub-sine", "ml-fusion")
SCOPES = ("all", "all", "model:ml-fusion", "symbol:A", "symbol:B")

Picks = list[tuple[int, int, int]]
PICKS = st.lists(
    st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, len(SCOPES) - 1), st.integers(0, 1)), max_size=12
)


def commands(picks: Picks) -> list[Command]:
    """Return commands of two actors, each numbering its own upwards."""
    return [
        command(cmd, args, scope=SCOPES[scope] if cmd in ("kill", "unkill") else "all", actor=actor, n=n)
        for n, (which, scope, who) in enumerate(picks)
        for (cmd, args), actor in [(GOOD[which], ("ada", "bob")[who])]
    ]


def end(sent: Sequence[Command], start: Desk | None = None) -> Desk:
    """Return the desk after a list of commands."""
    desk = start or Desk()
    for one in sent:
        desk, _ = take_in(desk, one, MODELS)
    return desk


@settings(derandomize=True, deadline=None, max_examples=200)
@given(picks=PICKS, again=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=8))
def test_commands_sent_again_change_nothing(picks: Picks, again: list[tuple[int, int]]) -> None:
    """At least once is enough: a command repeated anywhere behind itself is a no-op."""
    sent = commands(picks)
    with_repeats = list(sent)
    for at, which in again:
        place = at % (len(with_repeats) + 1)
        if place:
            with_repeats.insert(place, with_repeats[which % place])
    assert end(with_repeats).as_dict() == end(sent).as_dict()


@settings(derandomize=True, deadline=None, max_examples=100)
@given(picks=PICKS, cut=st.integers(0, 12))
def test_a_desk_goes_on_from_its_plain_form(picks: Picks, cut: int) -> None:
    """A snapshot anywhere between two commands leads to the same end."""
    sent = commands(picks)
    middle = Desk.from_dict(end(sent[:cut]).as_dict())
    assert end(sent[cut:], middle).as_dict() == end(sent).as_dict()
