"""Walks every state that a machine can get into, and every event in each of them.

Two states are one if nothing in which they differ could matter to what follows: time is taken from the start
of the phase and cut at what it must reach, counts at their limits. What is left is finite, so the walk ends
by itself, and what it finds holds for sequences of events of every length.
"""

from __future__ import annotations

import copy
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from models.rollout.events import (
    Approve,
    Check,
    Event,
    Extend,
    Lost,
    Resume,
    Retry,
    RollBack,
    Start,
    Suspend,
)
from models.rollout.machine import Machine
from models.rollout.plan import Plan
from models.rollout.standing import dwell_of, shown
from models.rollout.transition import AT_REST, Place
from tests.rollout.ghost import Ghost, broken, seen
from tests.rollout.rollouts import EVERY, MODEL, check

LONGER = 2 * EVERY
"""What phases are extended to."""
Make = Callable[..., Machine]


class Node(NamedTuple):
    """A machine on its way, and what an onlooker knows."""

    machine: Machine
    ghost: Ghost
    path: tuple[Event, ...]


@dataclass
class Found:
    """What a walk came across."""

    states: int = 0
    steps: int = 0
    words: set[str] = field(default_factory=set)
    wrong: dict[str, tuple[Event, ...]] = field(default_factory=dict)  # the shortest path to each breach


def explore(
    plan: Plan, outcomes: Iterable[dict[str, Any]], *, people: bool, make: Make = Machine, most: int = 20_000
) -> Found:
    """Return what a walk over every state finds; it ends early at ``most`` states or the first breach."""
    checks = [*outcomes]
    found = Found()
    known: set[str] = set()
    onward: dict[str, str] = {}
    waiting = deque([Node(make(plan), Ghost(), ())])
    while waiting and not found.wrong and len(known) < most:
        node = waiting.popleft()
        here, restored = (
            essence(plan, node, totals=not people),
            make(plan, json.loads(json.dumps(node.machine.snapshot()))),
        )
        for event in alphabet(node.machine, checks, people=people):
            following = _follow(plan, node, copy.copy(restored), event, found)
            key = essence(plan, following, totals=not people)
            if is_good(event, node.machine.place):
                onward[here] = key
            if key not in known:
                known.add(key)
                waiting.append(following)
    found.states = len(known)
    if not found.wrong:
        _all_can_end(found, onward)
    return found


def is_good(event: Event, place: Place) -> bool:
    """Return whether an event is the best that can happen in a place; by such every run comes to its end."""
    match place.state:
        case "suspended":
            return isinstance(event, Resume)
        case "waiting":
            return isinstance(event, Approve)
    good = isinstance(event, Check) and all(one.outcome == "success" for one in event.results)
    return good and bool(event.results) and event.samples > 0


def _all_can_end(found: Found, onward: dict[str, str]) -> None:
    for here in onward:
        key, steps = here, 0
        while key in onward and steps < 30:
            key, steps = onward[key], steps + 1
        if "finished" not in key:
            found.wrong["no good news ends a run"] = ()


def alphabet(machine: Machine, checks: list[dict[str, Any]], *, people: bool) -> Iterator[Event]:
    """Yield every event that may come next: at once, after half the time to a check, or the check itself."""
    now, place = machine.state.second, machine.place
    then = (now // EVERY + 1) * EVERY
    yield Start("run", MODEL, now)
    yield RollBack(now, "ann", "asked")
    if place.state not in AT_REST:
        yield from (check(then, **one) for one in checks)
    if not people:
        return
    yield Retry(now, "ann", "asked")
    yield Approve(now, "ann")
    yield Extend(now, LONGER)
    yield Lost(now, "silence")
    for second in {now, now // EVERY * EVERY + 1}:
        yield Suspend(second, "ann", "asked")
        yield Resume(second, "ann", "asked")


def essence(plan: Plan, node: Node, *, totals: bool) -> str:
    """Return a state without what cannot matter: absolute time, and counts beyond their limits."""
    state = node.machine.state
    tallies = [
        (
            name,
            min(one.fail, plan.fails) * totals,
            min(one.fails_in_row, plan.fails),
            min(one.unsure_in_row, plan.inconclusives),
        )
        for name, one in sorted(state.tallies.items())
    ]
    needed = max(dwell_of(plan, state), LONGER)
    ghost = node.ghost
    kept = [
        node.machine.place, state.second % EVERY, state.ran, min(state.served, needed), state.until,
        state.told, bool(state.approved), bool(state.paused), bool(state.suspended), shown(plan, state),
        tallies, sorted(state.failed), min(ghost.dwelt, needed), [min(n, plan.fails) for n in ghost.fails],
        [min(n, plan.inconclusives) for n in ghost.unsure], ghost.approved, ghost.suspended,
    ]  # fmt: skip
    return repr(kept)


def _follow(plan: Plan, node: Node, restored: Machine, event: Event, found: Found) -> Node:
    path = (*node.path, event)
    machine = copy.copy(node.machine)
    place, passed = machine.place, event.second - machine.state.second
    told = machine.step(event)
    if restored.step(event) != told or restored.state != machine.state:
        found.wrong["a restart made a difference"] = path
    before = seen(plan, node.ghost, place, passed, event, []) if isinstance(event, Check) else node.ghost
    for what in broken(plan, before, event, told):
        found.wrong.setdefault(what, path)
    found.steps += 1
    found.words.add(machine.place.state)
    return Node(machine, seen(plan, node.ghost, place, passed, event, told), path)
