"""What an onlooker knows of a rollout from its events alone, and what may follow from it.

It is told by the machine which phase it is in and whether it is paused, and believes nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from models.rollout.events import Approve, Check, Event, Extend, Resume, Retry, RollBack, Start, Suspend
from models.rollout.plan import WATCH, Phase, Plan
from models.rollout.transition import AT_REST, Place, Transition

FORWARD = ("entered", "promoted", "finished")


class Ghost(NamedTuple):
    """The onlooker's own count."""

    dwelt: int = 0  # seconds in the phase, neither paused nor suspended, since it was entered
    fails: tuple[int, ...] = ()  # in a row, of each critical criterion of the phase
    unsure: tuple[int, ...] = ()
    approved: bool = False
    suspended: bool = False
    until: int = 0
    model: str = ""
    failed: frozenset[str] = frozenset()


def phase_at(plan: Plan, place: Place) -> Phase:
    """Return the phase of a place; of the watch, the last."""
    return next((one for one in plan.phases if one.name == place.phase), plan.phases[-1])


def dwell_at(plan: Plan, place: Place, ghost: Ghost) -> int:
    """Return the seconds to be dwelt there."""
    return plan.watch_s if place.phase == WATCH else ghost.until or phase_at(plan, place).dwell_s


def seen(plan: Plan, ghost: Ghost, place: Place, passed: int, event: Event, told: list[Transition]) -> Ghost:
    """Return the ghost behind an event, ``passed`` seconds after the one before."""
    counts = place.state in ("running", "waiting", "watching") and not ghost.suspended
    ghost = ghost._replace(dwelt=ghost.dwelt + passed * counts)
    events = [one.event for one in told]
    match event:
        case Start() if "refused" not in events:
            ghost = Ghost(model=event.model, failed=ghost.failed)
        case Check():
            ghost = _checked(plan, ghost, place, event)
        case Suspend() | Resume() if "refused" not in events:
            ghost = ghost._replace(suspended=isinstance(event, Suspend))
        case Approve() if "refused" not in events:
            ghost = ghost._replace(approved=True)
        case Extend() if "refused" not in events:
            ghost = ghost._replace(approved=False, until=event.until_s)
        case Retry() if "refused" not in events:
            ghost = ghost._replace(failed=ghost.failed - {event.model or ghost.model})
    if "rolled_back" in events:
        ghost = ghost._replace(failed=ghost.failed | {ghost.model})
    return _begun(ghost) if {*FORWARD, "rolled_back"} & {*events} else ghost


def _checked(plan: Plan, ghost: Ghost, place: Place, event: Check) -> Ghost:
    outcomes = outcomes_of(phase_at(plan, place), event)
    fails, unsure = ghost.fails or (0,) * len(outcomes), ghost.unsure or (0,) * len(outcomes)
    pairs = [*zip(outcomes, fails, strict=True)]
    return ghost._replace(
        fails=tuple(n + 1 if one == "fail" else 0 if one == "success" else n for one, n in pairs),
        unsure=tuple(
            0 if one in ("fail", "success") else n + 1 for one, n in zip(outcomes, unsure, strict=True)
        ),
        approved=ghost.approved and "fail" not in outcomes,
    )


def outcomes_of(phase: Phase, event: Check) -> list[str]:
    """Return the outcome of each critical criterion."""
    found = {one.criterion: one.outcome for one in event.results}
    return [found.get(one.name, "no-data") for one in phase.criteria if one.critical]


def _begun(ghost: Ghost) -> Ghost:
    return Ghost(model=ghost.model, failed=ghost.failed)


def broken(plan: Plan, ghost: Ghost, event: Event, told: list[Transition]) -> Iterator[str]:
    """Yield every promise that an event's transitions break; ``ghost`` is the one before them.

    It has the time up to the event and the event's outcomes counted already, but no move.
    """
    for one in told:
        if one.event in FORWARD:
            yield from _forward(plan, ghost, event, one)
        if one.event == "started" and one.model in ghost.failed:
            yield "a failed bundle started without a retry"
    kinds = [one.event for one in told]
    if isinstance(event, Check) and kinds:
        if ("rolled_back" in kinds) != any(n >= plan.fails for n in ghost.fails):
            yield f"rolled back is {'rolled_back' in kinds} at fails in a row of {ghost.fails}"
        silent = "rolled_back" not in kinds and any(n >= plan.inconclusives for n in ghost.unsure)
        if silent and told[-1].now.state not in ("paused", "suspended"):
            yield f"not paused at {ghost.unsure} checks in a row without a finding"
    if isinstance(event, RollBack) and told[0].was.state not in AT_REST and not _gone_back(told[0]):
        yield "a rollback was not carried out at once"


def _gone_back(one: Transition) -> bool:
    return one.now.state == "rolled_back" and [want.cmd for want in one.wants] == ["rollback"]


def _forward(plan: Plan, ghost: Ghost, event: Event, one: Transition) -> Iterator[str]:
    if not isinstance(event, Check):
        yield f"{one.event} without a check"
        return
    phase, watched = phase_at(plan, one.was), one.was.phase == WATCH
    if set(outcomes_of(phase, event)) - {"success"}:
        yield "went on from a check in which a critical criterion did not succeed"
    if ghost.dwelt < dwell_at(plan, one.was, ghost):
        yield f"went on after {ghost.dwelt} s of {dwell_at(plan, one.was, ghost)} s"
    if not watched and event.samples < phase.least_samples:
        yield "went on with too few samples"
    if phase.approve and not watched and not ghost.approved:
        yield "went on without an approval"
    if ghost.suspended:
        yield "went on under a suspension"
    if one.now.phase != _after(plan, one.was.phase) and one.now.state != "finished":
        yield f"went from {one.was.phase} to {one.now.phase}"
    if one.now.state == "finished" and one.was.phase != (WATCH if plan.watch_s else plan.phases[-1].name):
        yield f"finished from {one.was.phase}"
    for want in one.wants:
        if want.cmd == "rollout" and want.args["phase"] != phase_at(plan, one.now).rollout:
            yield f"asked for {want.args} in {one.now.phase}"


def _after(plan: Plan, name: str) -> str:
    names = [one.name for one in plan.phases] + [WATCH]
    return names[names.index(name) + 1] if name != WATCH else ""
