"""The verdict at the end of a run whose profile has gates for one, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from models.guard.rolling import Rolling
from models.guard.shadowing import Shadowing
from models.profiles.profile import Profile
from models.rollout.events import Approve, Event, Extend, RollBack
from models.verdict.checking import Check
from models.verdict.gates import NEEDED
from models.verdict.record import Run, record
from models.verdict.verdict import Decision, decide

BY = "verdict"


class Decided(NamedTuple):
    """A verdict, its whole record, and what it asks of the run; None where a person has to decide."""

    decision: Decision
    record: Mapping[str, Any]
    event: Event | None


def needs_verdict(profile: Profile | None) -> bool:
    """Return whether a profile has the gates of a verdict."""
    return profile is not None and all(profile.verdict.get(name) for name in NEEDED)


def standing(
    rolling: Rolling, shadowing: Shadowing, check: Check, incumbent: str, second: int, *, literal: bool
) -> dict[str, Any]:
    """Return the record of what the verdict on the run would be now."""
    profile, machine = rolling.profile, rolling.machine
    assert profile is not None and machine is not None
    verdict = decide(profile.verdict, check, literal=literal)
    state = machine.state
    run = Run(state.run, profile.name, incumbent, state.model, shadowing.run_second, second)
    return record(run, verdict, shadowing.comparison(), shadowing.earned(second))


def decided(rolling: Rolling, shadowing: Shadowing, check: Check, incumbent: str, second: int) -> Decided:
    """Return the verdict on a run that waits at the end of its last phase."""
    profile = rolling.profile
    assert profile is not None
    written = standing(rolling, shadowing, check, incumbent, second, literal=rolling.literal)
    event: Event | None
    if written["decision"] == "PROMOTE":
        event = Approve(second, BY)
    elif written["decision"] == "ROLLBACK":
        event = RollBack(second, BY, "; ".join(written["reasons"]))
    else:
        event = _longer(profile, rolling, second)
    return Decided(written["decision"], written, event)


def _longer(profile: Profile, rolling: Rolling, second: int) -> Event | None:
    """Return the extension to the profile's longest dwell, None where it is used up."""
    machine = rolling.machine
    assert machine is not None
    longest = profile.longest_s.get(rolling.place.phase, 0)
    return (
        Extend(second, longest) if longest > machine.state.served and longest > machine.state.until else None
    )
