"""Scorer: the stage without state. All rows of all shards that closed in one activation, one call a model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.desk.desk import Desk
from models.desk.gate import rollout_bucket
from models.desk.references import is_bundle
from models.market.block import Block, Closed
from models.scoring.absent import Absent
from models.scoring.ensemble import ENSEMBLE
from models.scoring.ml_fusion import signal_parts
from models.scoring.model import Model, ModelRows
from models.spec import Spec
from models.ticks import Bools, Floats

FALLBACK = "stub-sine"

Call = Callable[[str, Model, ModelRows], Floats]
"""How a model, by its reference, is asked: a flow takes the time of it."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the frozen models say of a block's rows, and what is wrong with the rows themselves."""

    by_model: dict[str, Floats]  # by reference; not finite where a model has no answer
    parts: Floats  # (n, 3) RSI, MACD, trend; 0.5 where the row is unusable
    unusable: Bools  # a feature or the price is not a finite number
    stale: Bools  # the last trade is too old
    absent: frozenset[str] = frozenset()  # bundles that are lost, and of which there is no news yet


@dataclass(frozen=True, slots=True)
class ScoredBlock:
    """A closed input with the answers for its rows, if it has rows."""

    closed: Closed
    answers: Answers | None


def ask(_reference: str, model: Model, rows: ModelRows) -> Floats:
    """Return a model's answers."""
    return model.predict(rows)


class Scorer:
    """Frozen models by reference; the mapping may gain models while the flow runs."""

    def __init__(self, spec: Spec, models: Mapping[str, Model], call: Call = ask) -> None:
        self._stale_after = spec.staleness.fallback_s
        self._models = models
        self._call = call
        self._phases: dict[str, int] = {}

    def step(self, inputs: Sequence[Closed]) -> list[ScoredBlock]:
        """Score all blocks together and return them in order."""
        rows = {i: self._rows(c, c.block) for i, c in enumerate(inputs) if c.block is not None}
        wanted = defaultdict(list)
        for i in rows:
            for reference in asked(inputs[i].desk, self._models):
                wanted[reference].append(i)
        answers: dict[int, dict[str, Floats]] = {i: {} for i in rows}
        for reference, members in wanted.items():
            found = self._predict(reference, [rows[m] for m in members])
            for i, answer in zip(members, found, strict=True):
                answers[i][reference] = answer
        return [
            ScoredBlock(closed, self._answers(closed.block, answers[i]) if closed.block is not None else None)
            for i, closed in enumerate(inputs)
        ]

    def _predict(self, reference: str, parts: list[ModelRows]) -> list[Floats]:
        scores = self._call(reference, self._models[reference], ModelRows.join(parts))
        return np.split(scores, np.cumsum([len(part) for part in parts])[:-1])

    def _rows(self, closed: Closed, block: Block) -> ModelRows:
        phase = np.array([self._phase(closed.names[code]) for code in range(len(closed.names))])
        weights = np.array(closed.desk.weights) / sum(closed.desk.weights)
        return ModelRows(block.x, block.second, phase[block.code], np.tile(weights, (len(block), 1)))

    def _phase(self, name: str) -> int:
        if name not in self._phases:
            self._phases[name] = int(rollout_bucket(name) * (1 << 20))
        return self._phases[name]

    def _answers(self, block: Block, by_model: dict[str, Floats]) -> Answers:
        parts = signal_parts(block.x)
        return Answers(
            by_model=by_model,
            parts=np.where(np.isfinite(parts), parts, 0.5),
            unusable=~(np.isfinite(block.x).all(axis=1) & np.isfinite(block.price)),
            stale=block.age > self._stale_after,
            absent=frozenset(name for name in by_model if isinstance(self._models[name], Absent)),
        )


def asked(desk: Desk, models: Mapping[str, Model]) -> set[str]:
    """Return the frozen models whose answers a desk calls for; a bundle of the desk has to be loaded."""
    named = {FALLBACK, desk.model, desk.challenger}
    if ENSEMBLE in named:
        named |= desk.members.keys()
    return {name for name in named if (name in desk.bundles if is_bundle(name) else name in models)}
