"""Scores that are right by construction, and prices that prove it: random walks with a drift one can see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter
from scipy.special import ndtr

from models.market.block import DOWN, UNKNOWN, UP
from models.monitor.bucket import BUCKET_S, Answered
from models.ticks import Floats

HORIZON = 60
DAY = 86_400
START = 1_700_006_400
"""A multiple of an hour."""


@dataclass(frozen=True)
class Drift:
    """A drift of the price that forgets within ``memory_s`` and that the model sees exactly.

    ``strength`` is the standard deviation of the score's normal quantile, about.
    """

    strength: float
    memory_s: float

    def draw(self, k: int, seconds: int, random: np.random.Generator) -> tuple[Floats, Floats]:
        """Return scores (k, seconds) and returns (k, seconds): of the step that ends each second."""
        keep = np.exp(-1.0 / self.memory_s)
        ahead = np.cumsum(keep ** np.arange(HORIZON))  # what a drift of one adds to 1 .. HORIZON steps
        drift_sd = self.strength * np.sqrt(HORIZON) / ahead[-1]
        shock = drift_sd * np.sqrt(1 - keep**2)
        first = keep * drift_sd * random.standard_normal((k, 1))
        drift = lfilter([1.0], [1.0, -keep], shock * random.standard_normal((k, seconds)), zi=first)[0]
        spread = np.sqrt(HORIZON + shock**2 * (ahead[:-1] ** 2).sum())
        steps = np.concatenate([np.zeros((k, 1)), drift[:, :-1]], axis=1)
        return ndtr(drift * ahead[-1] / spread), steps + random.standard_normal((k, seconds))


@dataclass(frozen=True)
class Rumour:
    """A noisy look at the coming horizon, with new noise each second: scores jump all the time."""

    truth: float  # correlation of what is heard with what comes

    def draw(self, k: int, seconds: int, random: np.random.Generator) -> tuple[Floats, Floats]:
        """Return scores and returns as ``Drift`` does."""
        steps = random.standard_normal((k, seconds))
        path = np.concatenate([np.zeros((k, 1)), np.cumsum(steps, axis=1)], axis=1)
        comes = np.zeros((k, seconds))  # unknown at the very end, where no outcome is known either
        comes[:, :-HORIZON] = (path[:, HORIZON + 1 :] - path[:, 1:-HORIZON]) / np.sqrt(HORIZON)
        noise = np.sqrt(1 - self.truth**2)
        heard = self.truth * comes + noise * random.standard_normal((k, seconds))
        return ndtr(self.truth * heard / noise), steps


KINDS: Mapping[str, Drift | Rumour] = {
    "a coin": Drift(0.0, 60.0),
    "near one half, slow": Drift(0.05, 1_800.0),
    "near one half, quick": Drift(0.05, 20.0),
    "spread, slow": Drift(1.0, 7_200.0),
    "spread, quick": Drift(0.8, 120.0),
    "almost certain": Drift(2.5, 600.0),
    "jumping": Rumour(0.5),
}


def columns(prob: Floats, steps: Floats) -> Answered:
    """Return all seconds as the columns of buckets: of the horizon before ``START``, then of each second."""
    k, seconds = prob.shape
    said = np.full((k, HORIZON + seconds), np.nan)
    said[:, 2 * HORIZON :] = prob[:, :-HORIZON]
    path = np.cumsum(steps, axis=1)
    outcome = np.full((k, HORIZON + seconds), UNKNOWN, dtype=np.int8)
    outcome[:, 2 * HORIZON :] = np.where(path[:, HORIZON:] > path[:, :-HORIZON], UP, DOWN)
    return Answered("v1", said, outcome)


def bucket(all_seconds: Answered, number: int) -> Answered:
    """Return what a bucket is given of all seconds."""
    own = slice(number * BUCKET_S, (number + 1) * BUCKET_S + HORIZON)
    return Answered(all_seconds.version, all_seconds.prob[:, own], all_seconds.outcome[:, own])
