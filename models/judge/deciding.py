"""Deciding: scored rows and the desk become signals; no record is made of them here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from models.desk.desk import Desk
from models.desk.gate import Decisions, Scored, decide, rollout_bucket
from models.desk.references import name_of
from models.judge.arms import counted, may_decide
from models.judge.panel import Panel, Scores
from models.market.block import Block, Closed
from models.scoring.scorer import FALLBACK, Answers
from models.spec import Spec
from models.ticks import Bools, Floats, Ints, Symbol


class Decided(NamedTuple):
    """What became of a block's rows."""

    incumbent: Scores  # as they are without a challenger
    scores: Scores  # those that count; the incumbent's very own where the challenger decides none
    gate: Decisions


class Masks(NamedTuple):
    """What the desk says of symbols, by their codes."""

    killed: Bools
    in_canary: Bools
    bucket: Floats
    in_share: Bools  # the challenger decides, where it has an answer


class Deciding:
    """The panel of one shard, and the gate behind it."""

    def __init__(self, spec: Spec, saved: Mapping[str, Any] | None = None) -> None:
        self._panel = Panel(spec.horizon_s, spec.breaker, saved)
        self._desk: Desk | None = None
        self._masks = masks_of(Desk(), [], [])

    def snapshot(self) -> dict[str, Any]:
        """Return the state of the panel."""
        return self._panel.snapshot()

    def step(self, closed: Closed, block: Block, answers: Answers) -> Decided:
        """Return the answer for each row of a block, and the signal that the gate makes of it."""
        desk = closed.desk
        if desk is not self._desk or len(self._masks.killed) != len(closed.names):
            self._desk, self._masks = desk, masks_of(desk, closed.names, closed.symbols)
        incumbent = self._panel.scores(block, answers, desk)
        scores = counted(incumbent, desk, self._masks.in_share[block.code])
        return Decided(incumbent, scores, decide(self._scored(desk, block, scores), desk))

    def _scored(self, desk: Desk, block: Block, scores: Scores) -> Scored:
        return scored(desk, self._masks, block.code, (scores.prob, scores.guarded, scores.fallback))


def scored(desk: Desk, masks: Masks, code: Ints, said: tuple[Floats, Bools, Bools]) -> Scored:
    """Return what the gate looks at, given probability, guarded and fallback of rows by symbol code."""
    prob, guarded, fallback = said
    killed = masks.killed[code] | _killed(desk, desk.model) | (fallback & (FALLBACK in desk.killed_models))
    if _killed(desk, desk.challenger):
        killed |= masks.in_share[code]
    return Scored(prob, guarded, fallback, killed, masks.in_canary[code], masks.bucket[code])


def _killed(desk: Desk, reference: str) -> bool:
    return not desk.killed_models.isdisjoint((reference, name_of(reference)))


def masks_of(desk: Desk, names: list[str], symbols: list[Symbol]) -> Masks:
    """Return what a desk says of symbols, by their displayed names and as they are.

    A kill reaches a symbol by its plain name, on every venue, and by its name with the venue.
    """
    bucket = np.array([rollout_bucket(name) for name in names])
    chosen = np.array([not desk.share_symbols or name in desk.share_symbols for name in names], dtype=bool)
    killed = [not desk.killed_symbols.isdisjoint((s.name, ":".join(s))) for s in symbols[: len(names)]]
    return Masks(
        np.array(killed, dtype=bool),
        np.array([name in desk.canary_symbols for name in names], dtype=bool),
        bucket,
        chosen & (bucket < desk.share) & may_decide(desk),
    )
