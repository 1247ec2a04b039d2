"""A plan of a rollout: its phases, what must hold in each, and how much evidence a move needs."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

from models.rules.rule import Op

Outcome = Literal["success", "fail", "inconclusive", "error", "no-data"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
CONCLUSIVE: tuple[Outcome, ...] = ("success", "fail")

Rollout = float | Literal["preview"]
ROLLOUTS: tuple[Rollout, ...] = ("preview", 0, 0.1, 0.5, 1.0)
"""What the command ``rollout`` takes as its phase."""

WATCH = "watch"
"""Name of what follows the last phase where a plan watches on."""


class Criterion(NamedTuple):
    """What a metric must be for a check to succeed."""

    name: str
    metric: str
    scope: str
    op: Op  # what must hold for success; strict where its operator is
    value: float
    critical: bool = True  # a failed critical criterion never promotes
    least_n: int = 0  # effective samples below which it is inconclusive
    requirement: str = ""  # row of the owner's requirements, such as "S094"


class Phase(NamedTuple):
    """A step of a rollout: the share it gives, and what must be shown before it is left."""

    name: str
    rollout: Rollout
    canary: tuple[str, ...] = ()  # symbols allowed alone, () for all
    dwell_s: int = 0  # event time before it may be left
    least_samples: int = 0  # effective (non-overlapping) outcomes before it may be left
    criteria: tuple[Criterion, ...] = ()
    approve: bool = False  # a person must approve before it is left

    @property
    def critical(self) -> tuple[Criterion, ...]:
        """Return the criteria of which none may fail."""
        return tuple(one for one in self.criteria if one.critical)


class Plan(NamedTuple):
    """A rollout as a profile describes it."""

    profile: str
    phases: tuple[Phase, ...]
    check_every_s: int  # event time between two checks
    fails: int  # so many consecutive failed checks of one critical criterion roll back
    inconclusives: int  # so many consecutive inconclusive, error or no-data checks pause
    of: Literal["model", "challenger"] = "model"  # whose share it is; a challenger is promoted at the end
    watch_s: int = 0  # watched for so long after the last phase


class Checked(NamedTuple):
    """What one check found of one criterion."""

    criterion: str
    outcome: Outcome
    value: float | None
    n: int | None
    why: str
