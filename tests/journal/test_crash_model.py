"""The journal's protocol in a tiny world: every crash point of every schedule; what a missing rule breaks."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field, replace

import pytest

from journal.parts import BrokenError, Record, Rules, Size, name_of, record
from journal.world import World
from models.journal.entry import COMMAND, OPEN, Entry
from models.journal.fold import Fold

pytestmark = pytest.mark.slow

IDLE = {"crash", "save", "arrive_late"}  # the world can go on without these


@dataclass
class Search:
    """What an exhaustive search found."""

    worlds: int = 0
    happened: set[str] = field(default_factory=set)
    ends: set[tuple[Record, ...]] = field(default_factory=set)
    void: bool = False
    broken: str = ""
    way: tuple[str, ...] = ()  # the events that led to where it stopped


def search(rules: Rules, size: Size) -> Search:
    """Visit every world that can be reached, breadth first, until a promise is broken."""
    found, seen = Search(), set()
    queue = deque([(World(rules, size), ())])
    while queue:
        world, way = queue.popleft()
        key = world.key()
        if key in seen:
            continue
        seen.add(key)
        found.way = way
        try:
            check(world, found)
            for move, *args in world.moves():
                found.way = (*way, " ".join(map(str, (move, *args))))
                after = world.twin()
                getattr(after, move)(*args)
                found.happened.add(move)
                queue.append((after, found.way))
        except AssertionError as error:
            found.broken = str(error)
            break
    found.worlds = len(seen)
    return found


def check(world: World, found: Search) -> None:
    """Raise ``BrokenError`` where the world came to an end, but a replay of ticks and journal to another."""
    fold = Fold()
    counted = [entry for entry in world.log if fold.take(entry)]
    found.void |= len(counted) < sum(entry.kind != OPEN for entry in world.log)
    if not {move for move, *_ in world.moves()} <= IDLE:
        return
    commands = [entry.payload["of"] for entry in counted if entry.kind == COMMAND]
    if world.published != replay(counted, world.size.ticks) or commands != [*range(world.size.commands)]:
        raise BrokenError(f"ended with {world.published} and commands {commands}")
    found.ends.add(tuple(world.published))


def replay(counted: list[Entry], ticks: int) -> list[Record]:
    """Return the records of ticks and counted entries, from the beginning."""
    found, history, rest = [], (), deque(counted)
    for t in range(ticks + 1):
        while rest and rest[0].after == t:
            entry = rest.popleft()
            history += (name_of(entry),)
            found.append(record(t, entry.seq + 1, "took", history))
        if t < ticks:
            found.append(record(t + 1, len(history), f"tick {t}", history))
    return found


EVENTS = {
    "start",
    "crash",
    "write",
    "acknowledge",
    "take",
    "reinject",
    "tick",
    "publish",
    "save",
    "arrive_late",
}


@pytest.mark.parametrize(
    ("size", "ends"),
    [
        (Size(ticks=2, commands=1, beating=0, crashes=2), 3),
        (Size(ticks=1, commands=2, beating=0, crashes=1), 3),
        (Size(ticks=1, commands=1, beating=2, crashes=1), 12),
    ],
)
def test_with_all_rules_no_crash_changes_anything(size: Size, ends: int) -> None:
    """Every world that can be reached goes on to an end, and every end is a replay of ticks and journal.

    Ends differ in where commands were taken in, and in which beats there were: one command has three places
    among two ticks; two have three around one tick; one command and up to two beats behind a tick twelve.
    """
    found = search(Rules(), size)
    assert (found.broken, found.way if found.broken else ()) == ("", ())
    assert found.happened == EVENTS
    assert found.void
    assert len(found.ends) == ends


def test_a_command_is_taken_in_once_at_any_of_its_possible_places() -> None:
    """One command and two ticks: three histories, each complete."""
    found = search(Rules(), Size(ticks=2, commands=1, beating=0, crashes=1))
    assert {tuple(text for *_, text in end) for end in found.ends} == {
        ("took: command 0", "tick 0: command 0", "tick 1: command 0"),
        ("tick 0: ", "took: command 0", "tick 1: command 0"),
        ("tick 0: ", "tick 1: ", "took: command 0"),
    }


@pytest.mark.parametrize(
    ("rules", "crashes", "because"),
    [
        (Rules(barrier=False), 1, "published Record.*tick 0.*, now Record.*took: command 0"),
        (Rules(fence=False), 1, "cannot start: journal entry 0 lies before tick 0.*already stands at 1"),
        (Rules(hold=False), 1, "published Record.*took: command 0.*, now Record.*tick 0"),
        (Rules(emitted_gen=False), 2, "published Record.*took: command 0.*, now Record.*tick 0"),
    ],
    ids=["no barrier", "no fence", "emission before the acknowledgement", "own generation in the snapshot"],
)
def test_without_one_rule_a_crash_shows(rules: Rules, crashes: int, because: str) -> None:
    """One tick and one command are enough; the shortest way to the breach has that many crashes."""
    size = Size(ticks=1, commands=1, beating=0, crashes=crashes)
    found = search(rules, size)
    assert re.search(because, found.broken), found.broken
    assert found.way.count("crash") == crashes
    assert search(rules, replace(size, crashes=0)).broken == ""
