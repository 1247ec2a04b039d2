"""Trials of many seeds, in one process or several; the outcome of a seed is the same in any."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from flows.rollout_trials.trial import Trial, trials
from models.profiles.profile import Profile


def tried(
    seeds: Sequence[int],
    hours: float,
    profile: Profile,
    processes: int,
    told: Callable[[int], None],
    *,
    literal: bool = False,
) -> list[Mapping[str, Trial]]:
    """Return the trials of each seed, in order; ``told`` hears of each one that is done."""
    one = partial(trials, hours=hours, profile=profile, literal=literal)
    if processes == 1:
        return [_counted(one(seed), told) for seed in seeds]
    # a fresh process: this one may have threads, which a fork does not take over
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return [_counted(found, told) for found in pool.map(one, seeds, chunksize=4)]


def _counted(found: Mapping[str, Trial], told: Callable[[int], None]) -> Mapping[str, Trial]:
    told(1)
    return found
