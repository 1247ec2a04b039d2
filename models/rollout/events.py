"""What can happen to a rollout; ``second`` is event time and never runs backwards."""

from __future__ import annotations

from dataclasses import dataclass

from models.rollout.plan import Checked


@dataclass(frozen=True, slots=True)
class Start:
    """A person starts a run. ``model``: reference of the bundle rolled out, empty for the active one."""

    run: str
    model: str
    second: int
    hours: float | None = None  # what all dwell times add up to, None for the plan's own


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found, one per ``Plan.check_every_s``; a criterion without a result has no data."""

    second: int
    results: tuple[Checked, ...]
    samples: int  # effective outcomes since the phase was entered


@dataclass(frozen=True, slots=True)
class Approve:
    """A person lets a phase that waits be left."""

    second: int
    by: str


@dataclass(frozen=True, slots=True)
class Suspend:
    """A person holds the run where it is."""

    second: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Resume:
    """A person ends a suspension."""

    second: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Retry:
    """A person allows a failed bundle to be started again."""

    second: int
    by: str
    reason: str
    model: str | None = None  # its reference, None for the one that failed last


@dataclass(frozen=True, slots=True)
class RollBack:
    """A person, a critical rule or a kill ends the run."""

    second: int
    by: str
    reason: str
    sent: bool = False  # by a command that the desk has taken in: it must not be sent a second time


@dataclass(frozen=True, slots=True)
class Extend:
    """More evidence is wanted: the present phase is to be dwelt in for ``until_s`` in all."""

    second: int
    until_s: int


@dataclass(frozen=True, slots=True)
class Lost:
    """Time or data stand still, so that no check can be made."""

    second: int
    why: str


Wish = Start | Approve | Suspend | Resume | Retry | RollBack | Extend
"""What somebody asks for, and may be refused."""
Event = Wish | Check | Lost
