"""Scorer: the stage without state. All rows of all shards that closed in one activation, one call a model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.desk.gate import rollout_bucket
from models.market.block import Block, Closed
from models.scoring.ml_fusion import signal_parts
from models.scoring.model import Model, ModelRows
from models.spec import Spec
from models.ticks import Bools, Floats

FALLBACK = "stub-sine"


@dataclass(frozen=True, slots=True)
class Scores:
    """The answer for each row of a block."""

    prob: Floats  # never NaN
    parts: Floats  # (n, 3) RSI, MACD, trend; 0.5 where guarded
    fallback: Bools  # scored by the fallback model
    stale: Bools  # because its last trade is too old
    guarded: Bools  # because a feature, the score or the price is not a finite number
    challenger: Floats | None = None  # not finite where it gave no answer


@dataclass(frozen=True, slots=True)
class ScoredBlock:
    """A closed input with the scores of its rows, if it has rows."""

    closed: Closed
    scores: Scores | None


class Scorer:
    """Frozen models by name."""

    def __init__(self, spec: Spec, models: Mapping[str, Model]) -> None:
        self._stale_after = spec.staleness.fallback_s
        self._models = models
        self._phases: dict[str, int] = {}

    def step(self, inputs: Sequence[Closed]) -> list[ScoredBlock]:
        """Score all blocks together and return them in order."""
        rows = {i: self._rows(c, c.block) for i, c in enumerate(inputs) if c.block is not None}
        wanted = defaultdict(list)
        for i in rows:
            for name in {FALLBACK, inputs[i].desk.model, inputs[i].desk.challenger} & self._models.keys():
                wanted[name].append(i)
        answers = {
            (name, i): answer
            for name, members in wanted.items()
            for i, answer in zip(members, self._predict(name, [rows[m] for m in members]), strict=True)
        }
        return [
            ScoredBlock(closed, self._scores(i, closed, rows[i], answers) if i in rows else None)
            for i, closed in enumerate(inputs)
        ]

    def _predict(self, name: str, parts: list[ModelRows]) -> list[Floats]:
        scores = self._models[name].predict(ModelRows.join(parts))
        return np.split(scores, np.cumsum([len(part) for part in parts])[:-1])

    def _rows(self, closed: Closed, block: Block) -> ModelRows:
        phase = np.array([self._phase(closed.names[code]) for code in range(len(closed.names))])
        weights = np.array(closed.desk.weights) / sum(closed.desk.weights)
        return ModelRows(block.x, block.second, phase[block.code], np.tile(weights, (len(block), 1)))

    def _phase(self, name: str) -> int:
        if name not in self._phases:
            self._phases[name] = int(rollout_bucket(name) * (1 << 20))
        return self._phases[name]

    def _scores(
        self, i: int, closed: Closed, rows: ModelRows, answers: Mapping[tuple[str, int], Floats]
    ) -> Scores:
        assert closed.block is not None
        fallback = answers[FALLBACK, i]
        active = answers.get((closed.desk.model, i), np.full(len(rows), np.nan))
        parts = signal_parts(rows.x)
        missing = closed.desk.model not in self._models
        unusable = ~(np.isfinite(rows.x).all(axis=1) & np.isfinite(closed.block.price))
        guarded = unusable | (~np.isfinite(active) & (not missing))
        stale = closed.block.age > self._stale_after
        silent = guarded | stale | missing | (closed.desk.model == FALLBACK)
        return Scores(
            prob=np.where(silent, fallback, active),
            parts=np.where(np.isfinite(parts), parts, 0.5),
            fallback=silent,
            stale=stale,
            guarded=guarded,
            challenger=answers.get((closed.desk.challenger, i)) if closed.desk.challenger else None,
        )
