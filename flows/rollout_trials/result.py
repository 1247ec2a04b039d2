"""The outcome of ``levibot verify rollout`` and its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from flows.rollout_trials.market import FAULTY, GOOD
from flows.rollout_trials.trial import EXTENDED, PROMOTED, ROLLED_BACK, Trial

MOST_BY_CHANCE, LEAST_CAUGHT = 0.01, 0.95
_TAIL = 0.025


class Share(NamedTuple):
    """How many of how many, with the exact 95 % interval of the share.

    (Clopper and Pearson: The use of confidence or fiducial limits, Biometrika 26, 1934.)
    """

    times: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """Return the share."""
        return self.times / self.of


def share_of(count: int, of: int) -> Share:
    """Return a share with its interval; ``of`` is at least 1."""
    from scipy.special import betaincinv  # noqa: PLC0415  slow to import

    low = float(betaincinv(count, of - count + 1, _TAIL)) if count else 0.0
    high = float(betaincinv(count + 1, of - count, 1.0 - _TAIL)) if count < of else 1.0
    return Share(count, of, low, high)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of one kind of challenger over all seeds."""

    shares: Mapping[str, Share]  # by outcome
    causes: Mapping[str, int]  # rollbacks by what caused them
    rule: Share  # those that the relative rule alone calls worse
    rolled_back_hours: float | None  # median
    brier: float  # mean difference in Brier score


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was found."""

    seeds: Sequence[int]
    hours: float
    good: Outcomes
    faulty: Outcomes

    @property
    def holds(self) -> bool:
        """Return whether few good ones were rolled back, and most faulty ones."""
        chance = self.good.shares[ROLLED_BACK].value < MOST_BY_CHANCE
        return chance and self.faulty.shares[ROLLED_BACK].value > LEAST_CAUGHT

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "holds": self.holds,
            "seeds": [self.seeds[0], self.seeds[-1]],
            "hours": self.hours,
            **{name.replace(" ", "_"): _plain(of) for name, of in self.kinds},
        }

    @property
    def kinds(self) -> tuple[tuple[str, Outcomes], tuple[str, Outcomes]]:
        """Return the two kinds of challengers with their names."""
        return (GOOD, self.good), (FAULTY, self.faulty)


def result_of(seeds: Sequence[int], hours: float, found: Sequence[Mapping[str, Trial]]) -> Result:
    """Return the result of the trials of each seed."""
    good, faulty = (outcomes_of([each[name] for each in found]) for name in (GOOD, FAULTY))
    return Result(seeds, hours, good, faulty)


def outcomes_of(trials: Sequence[Trial]) -> Outcomes:
    """Return the counts of some trials, at least one."""
    counts = Counter(one.outcome for one in trials)
    back = [one for one in trials if one.outcome == ROLLED_BACK]
    return Outcomes(
        {name: share_of(counts[name], len(trials)) for name in (ROLLED_BACK, PROMOTED, EXTENDED)},
        dict(Counter(one.by for one in back)),
        share_of(sum(one.worse for one in trials), len(trials)),
        float(np.median([one.hours for one in back])) if back else None,
        float(np.mean([one.brier for one in trials])),
    )


def _plain(of: Outcomes) -> dict[str, Any]:
    return {
        **{name.replace(" ", "_"): share._asdict() for name, share in of.shares.items()},
        "causes": of.causes,
        "called_worse": of.rule._asdict(),
        "rolled_back_hours": of.rolled_back_hours,
        "brier_difference": of.brier,
    }
