"""The panel: from the answers of all models to the one that counts, flagged where the fallback stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.desk.desk import LEARNER, Desk
from models.desk.gate import confidence
from models.market.block import Block
from models.online.stream_learner import StreamLearner
from models.scoring.ensemble import ENSEMBLE, mix
from models.scoring.scorer import FALLBACK, Answers
from models.ticks import Bools, Floats


@dataclass(frozen=True, slots=True)
class Scores:
    """The answer for each row of a block."""

    prob: Floats  # never NaN
    parts: Floats  # (n, 3) RSI, MACD, trend; 0.5 where guarded
    fallback: Bools  # scored by the fallback model
    stale: Bools  # because its last trade is too old
    guarded: Bools  # because a feature, the score or the price is not a finite number
    absent: frozenset[str]  # models that are lost without news yet: the fallback answers, without an episode
    uncertainty: Floats  # spread of the ensemble's members, else 1 - confidence
    challenger: Floats | None = None  # not finite where it gave no answer
    members: Mapping[str, Floats] = field(default_factory=dict)  # of the ensemble, while it is in use


class Panel:
    """Holds the shard's learner, which exists from the first desk that calls for it."""

    def __init__(self, horizon_s: int, saved: Mapping[str, Any] | None = None) -> None:
        self._horizon = horizon_s
        self._learner = StreamLearner(horizon_s, saved) if saved else None

    def snapshot(self) -> dict[str, Any] | None:
        """Return the learner's state, None where there is none."""
        return self._learner.snapshot() if self._learner else None

    def scores(self, block: Block, answers: Answers, desk: Desk) -> Scores:
        """Return the scores of a block's rows."""
        said = answers.by_model | dict.fromkeys(answers.absent, answers.by_model[FALLBACK])
        in_use = {desk.model, desk.challenger}
        if LEARNER in (in_use | desk.members.keys() if ENSEMBLE in in_use else in_use):
            said[LEARNER] = self._learn(block)
        members = {name: said[name] for name in desk.members if name in said} if ENSEMBLE in in_use else {}
        spread = None
        if members:
            said[ENSEMBLE], spread = mix(list(members.values()), [desk.members[name] for name in members])
        absent = answers.absent | ({ENSEMBLE} if members.keys() & answers.absent else set())
        return _settled(answers, said, desk, spread, members, absent)

    def _learn(self, block: Block) -> Floats:
        if self._learner is None:
            self._learner = StreamLearner(self._horizon)
        return self._learner.step(block)


def _settled(
    answers: Answers,
    said: Mapping[str, Floats],
    desk: Desk,
    spread: Floats | None,
    members: Mapping[str, Floats],
    absent: frozenset[str],
) -> Scores:
    missing = desk.model in absent or desk.model not in said
    active = said.get(desk.model, np.full(len(answers.stale), np.nan))
    guarded = answers.unusable | (~np.isfinite(active) & (not missing))
    silent = guarded | answers.stale | missing | (desk.model == FALLBACK)
    prob = np.where(silent, said[FALLBACK], active)
    doubt = 1.0 - confidence(prob)
    return Scores(
        prob=prob,
        parts=answers.parts,
        fallback=silent,
        stale=answers.stale,
        guarded=guarded,
        absent=absent,
        uncertainty=doubt if spread is None or desk.model != ENSEMBLE else np.where(silent, doubt, spread),
        challenger=said.get(desk.challenger) if desk.challenger else None,
        members=members,
    )
