"""Where the rollout stood at the end of a stretch, and what was decided in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flows.day_report.window import Window
from models.profiles.profile import Profile
from models.spec import SECOND

Plain = dict[str, Any]
MOVES = (
    "started", "entered", "paused", "resumed", "suspended", "approved", "rolled_back", "retried", "promoted",
    "finished", "decision", "refused",
)  # fmt: skip
"""Events that move a run; checks only look."""


def standing(moves: Sequence[Plain], window: Window) -> Plain | None:
    """Return profile, phase and state at the end, and since when, None where no run was ever started."""
    known = _ordered(body for body in moves if body["ts"] < window.end)
    lasting = [body for body in known if body["event"] != "refused"]
    if not lasting:
        return None
    newest = lasting[-1]
    # a run that was started before the first tick was started at no time of the log
    inside = [
        body["ts"]
        for body in lasting
        if body["run"] == newest["run"] and body["phase"] == newest["phase"] and body["ts"] > 0
    ]
    since = min(inside, default=None)
    return {
        "profile": newest["profile"],
        "phase": newest["phase"],
        "state": newest["to"],
        "since_ts": since,
        "seconds": None if since is None else (window.end - since) / SECOND,
        "run": newest["run"],
        "model": newest["model"],
    }


def moved(moves: Sequence[Plain], window: Window) -> list[Plain]:
    """Return what happened to rollouts in the stretch, in order."""
    inside = _ordered(body for body in moves if window.holds(body["ts"]))
    return [{name: body[name] for name in ("ts", "event", "phase", "reason")} for body in inside]


def next_step(profile: Profile, stands: Plain | None, answer: str) -> str:
    """Return what comes next: by the phase, and by what the gate says."""
    if answer == "NO-GO":
        return (
            "Stay, or roll back (levibot control rollback): a success criterion fails; see the action list."
        )
    if answer == "UNKNOWN":
        return "Gather what is missing: a success criterion has no data."
    names = [phase.name for phase in profile.plan.phases]
    if stands is None or stands["profile"] != profile.name or stands["phase"] not in names:
        return f"Start the rollout: levibot control rollout.start {profile.name}."
    place = names.index(stands["phase"])
    if place + 1 < len(names):
        return f"Go on from phase '{names[place]}' to '{names[place + 1]}' once its time is up."
    return "The last phase holds: start the calibration on what was collected (levibot train)."


def _ordered(moves: Any) -> list[Plain]:
    return sorted(moves, key=lambda body: int(body["ordinal"]))
