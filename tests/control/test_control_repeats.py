"""The same id twice is one command, for all readers of the topic alike."""

from __future__ import annotations

import pytest

from control.examples import TS
from models.control.commands import Command
from models.control.repeats import REMEMBERED_NS, Repeats
from models.control.verdict import Refusal


def named(name: str, *, n: int, actor: str = "ada", role: str = "admin") -> Command:
    """Return a kill under an id."""
    return Command(id=name, ts=TS, actor=actor, n=n, role=role, cmd="kill")


def test_the_second_command_of_an_id_is_refused_and_says_so() -> None:
    """Whatever its number is, and also when it asks for something else."""
    repeats = Repeats()
    assert repeats.take(named("a", n=1), TS) is None
    assert repeats.take(named("b", n=2), TS + 1) is None
    told = Refusal("repeat: actor 'ada' has already sent 'a'")
    assert repeats.take(named("a", n=3), TS + 2) == told
    assert repeats.take(named("a", n=1), TS + 3) == told


@pytest.mark.parametrize(("actor", "role"), [("bob", "admin"), ("ada", "guard")])
def test_nobody_uses_up_the_id_of_another(actor: str, role: str) -> None:
    """An id belongs to an actor in a role, as a number does."""
    repeats = Repeats()
    repeats.take(named("a", n=1), TS)
    assert repeats.take(named("a", n=1, actor=actor, role=role), TS) is None


def test_an_id_is_remembered_for_an_hour_by_the_brokers_clock() -> None:
    """A repeat does not make it last longer; behind the hour the id is free, and memory too."""
    repeats = Repeats()
    repeats.take(named("a", n=1), TS)
    assert repeats.take(named("a", n=2), TS + REMEMBERED_NS) is not None
    assert repeats.take(named("a", n=3), TS + REMEMBERED_NS + 1) is None
    for n in range(1_000):
        repeats.take(named(f"x{n}", n=n), TS + n * REMEMBERED_NS)
    assert len(repeats) == 2
    assert Repeats(repeats.snapshot()).take(named("x999", n=1), TS + 999 * REMEMBERED_NS) is not None


def test_readers_that_begin_at_different_places_agree() -> None:
    """One that began an hour and more before the record says the same as one that has seen everything."""
    sent = [(named(f"c{n % 5}", n=n), TS + n * REMEMBERED_NS // 7) for n in range(40)]
    everything, later = Repeats(), Repeats()
    verdicts = [everything.take(one, ts) is None for one, ts in sent]
    again = [later.take(one, ts) is None for one, ts in sent[10:]]
    assert again[8:] == verdicts[18:]
    assert verdicts.count(False) > 5
