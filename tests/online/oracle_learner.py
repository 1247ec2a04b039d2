"""What the learners have to compute, in plain Python, written from their description alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from online.blocks import Row

from models.market.block import DOWN, UP
from models.market.schema import TRAINED

RATE, L2, CLIP = 0.01, 1e-4, 4.0


class PlainLogistic:
    """Logistic regression by gradient descent on the log-loss, on features standardised as they come.

    Mean and population variance by Welford; standardised values are clipped; the penalty leaves the
    intercept alone; a row is standardised by figures that include it.
    """

    def __init__(self) -> None:
        self.taught = 0
        self.mean: dict[str, float] = {}
        self.squares: dict[str, float] = {}  # summed squared distances from the mean
        self.weights: dict[str, float] = {}
        self.intercept = 0.0

    def predict(self, x: Mapping[str, float]) -> float:
        """Return P(up)."""
        return self._answer(self._standardised(x))

    def learn(self, x: Mapping[str, float], up: bool) -> None:
        """Take one step down the gradient."""
        self.taught += 1
        for name, value in x.items():
            away = value - self.mean.get(name, 0.0)
            self.mean[name] = self.mean.get(name, 0.0) + away / self.taught
            self.squares[name] = self.squares.get(name, 0.0) + away * (value - self.mean[name])
        z = self._standardised(x)
        error = self._answer(z) - up
        self.intercept -= RATE * error
        for name in x:
            before = self.weights.get(name, 0.0)
            self.weights[name] = before - RATE * (error * z[name] + L2 * before)

    def _answer(self, z: Mapping[str, float]) -> float:
        logit = self.intercept + math.fsum(self.weights.get(name, 0.0) * value for name, value in z.items())
        return 1.0 / (1.0 + math.exp(-logit))

    def _standardised(self, x: Mapping[str, float]) -> dict[str, float]:
        return {name: self._score(name, value) for name, value in x.items()}

    def _score(self, name: str, value: float) -> float:
        variance = self.squares.get(name, 0.0) / max(self.taught, 1)
        if variance == 0.0:
            return 0.0
        return min(max((value - self.mean[name]) / math.sqrt(variance), -CLIP), CLIP)


def walked(rows: Sequence[Row], horizon: int) -> list[float]:
    """Return what a shard's learner has to answer to rows, NaN where a feature is not finite."""
    learner, asked, answers = PlainLogistic(), {}, []
    for row in rows:
        before = asked.get((row.code, row.second - horizon))
        if row.outcome in (UP, DOWN) and before is not None and _finite(before):
            learner.learn(dict(zip(TRAINED, before, strict=True)), row.outcome == UP)
        asked[row.code, row.second] = row.x
        named = dict(zip(TRAINED, row.x, strict=True))
        answers.append(learner.predict(named) if _finite(row.x) else math.nan)
    return answers


def _finite(x: Sequence[float]) -> bool:
    return all(map(math.isfinite, x))
