"""Deciding: scored rows and the desk become signals; no record is made of them here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from models.desk.desk import Desk
from models.desk.gate import Decisions, Scored, decide, rollout_bucket
from models.desk.references import name_of
from models.judge.panel import Panel, Scores
from models.market.block import Block, Closed
from models.scoring.scorer import FALLBACK, Answers
from models.spec import Spec
from models.ticks import Bools, Floats, Symbol


class Deciding:
    """The panel of one shard, and the gate behind it."""

    def __init__(self, spec: Spec, saved: Mapping[str, Any] | None = None) -> None:
        self._panel = Panel(spec.horizon_s, spec.breaker, saved)
        self._desk: Desk | None = None
        self._masks: tuple[Bools, Bools, Floats] = (np.empty(0, bool), np.empty(0, bool), np.empty(0))

    def snapshot(self) -> dict[str, Any]:
        """Return the state of the panel."""
        return self._panel.snapshot()

    def step(self, closed: Closed, block: Block, answers: Answers) -> tuple[Scores, Decisions]:
        """Return the answer for each row of a block, and the signal that the gate makes of it."""
        scores = self._panel.scores(block, answers, closed.desk)
        return scores, decide(self._scored(closed, block, scores), closed.desk)

    def _scored(self, closed: Closed, block: Block, scores: Scores) -> Scored:
        """Look up each row's symbol in masks that are derived once for a desk."""
        if closed.desk is not self._desk or len(self._masks[0]) != len(closed.names):
            self._desk, self._masks = closed.desk, _masks(closed.desk, closed.names, closed.symbols)
        kills, canaries, buckets = self._masks
        by_model = closed.desk.killed_models
        active = not by_model.isdisjoint((closed.desk.model, name_of(closed.desk.model)))
        killed = kills[block.code] | active | (scores.fallback & (FALLBACK in by_model))
        in_canary, bucket = canaries[block.code], buckets[block.code]
        return Scored(scores.prob, scores.guarded, scores.fallback, killed, in_canary, bucket)


def _masks(desk: Desk, names: list[str], symbols: list[Symbol]) -> tuple[Bools, Bools, Floats]:
    """Return by symbol code: under a scoped kill, on the canary list, rollout bucket.

    A kill reaches a symbol by its plain name, on every venue, and by its name with the venue.
    """
    return (
        np.array([not desk.killed_symbols.isdisjoint((s.name, ":".join(s))) for s in symbols[: len(names)]]),
        np.array([name in desk.canary_symbols for name in names]),
        np.array([rollout_bucket(name) for name in names]),
    )
