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
from models.scoring.breaker import Breaker, Transition
from models.scoring.ensemble import ENSEMBLE, mix
from models.scoring.scorer import FALLBACK, Answers
from models.spec import BreakerLimits
from models.ticks import Bools, Floats


@dataclass(frozen=True, slots=True)
class Scores:
    """An answer for each row of a block, and what the challenger says beside it."""

    prob: Floats  # never NaN
    parts: Floats  # (n, 3) RSI, MACD, trend; 0.5 where guarded
    fallback: Bools  # scored by the fallback model
    stale: Bools  # because its last trade is too old
    blocked: Bools  # because too many of the model's answers were errors: its breaker is open
    guarded: Bools  # because a feature, the score or the price is not a finite number
    absent: frozenset[str]  # models that are lost without news yet: the fallback answers, without an episode
    uncertainty: Floats  # spread of the ensemble's members, else 1 - confidence
    transitions: list[Transition]  # of the active model's breaker
    usable: Bools  # may be asked of a model: features and price are finite, the last trade not too old
    challenger: Floats | None = None  # not finite where it gave no answer
    spread: Floats | None = None  # of the ensemble's members, while it is in use
    members: Mapping[str, Floats] = field(default_factory=dict)  # of the ensemble, while it is in use
    decides: Bools | None = None  # whether the answer is the challenger's; None where it is for no row


class Panel:
    """Holds the breaker of the active model, and the learner from the first desk on that calls for it."""

    def __init__(self, horizon_s: int, limits: BreakerLimits, saved: Mapping[str, Any] | None = None) -> None:
        saved = saved or {}
        self._horizon = horizon_s
        learner = saved.get("learner")
        self._learner = StreamLearner(horizon_s, learner) if learner else None
        self._breaker = Breaker(
            limits.share, limits.rows, limits.half_open_after_s, saved.get("breaker")
        )  # fmt: skip
        self._model: str = saved.get("model", "")

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        learner = self._learner.snapshot() if self._learner else None
        return {"learner": learner, "breaker": self._breaker.snapshot(), "model": self._model}

    def scores(self, block: Block, answers: Answers, desk: Desk) -> Scores:
        """Return the incumbent's scores of a block's rows, as they are without a challenger."""
        said = answers.by_model | dict.fromkeys(answers.absent, answers.by_model[FALLBACK])
        in_use = {desk.model, desk.challenger}
        if LEARNER in (in_use | desk.members.keys() if ENSEMBLE in in_use else in_use):
            said[LEARNER] = self._learn(block)
        members = {name: said[name] for name in desk.members if name in said} if ENSEMBLE in in_use else {}
        spread = None
        if members:
            said[ENSEMBLE], spread = mix(list(members.values()), [desk.members[name] for name in members])
        absent = answers.absent | ({ENSEMBLE} if members.keys() & answers.absent else set())
        return self._settled(block, answers, said, desk, spread, members, absent)

    def _learn(self, block: Block) -> Floats:
        if self._learner is None:
            self._learner = StreamLearner(self._horizon)
        return self._learner.step(block)

    def _settled(
        self,
        block: Block,
        answers: Answers,
        said: Mapping[str, Floats],
        desk: Desk,
        spread: Floats | None,
        members: Mapping[str, Floats],
        absent: frozenset[str],
    ) -> Scores:
        missing = desk.model in absent or desk.model not in said
        active = said.get(desk.model, np.full(len(answers.stale), np.nan))
        failed = ~np.isfinite(active) & (not missing)
        usable = ~(answers.unusable | answers.stale)
        asked = usable & (not missing and desk.model != FALLBACK)
        blocked, transitions = self._tried(desk.model, block, failed & usable, asked)
        guarded = answers.unusable | (failed & ~blocked)
        silent = guarded | blocked | answers.stale | missing | (desk.model == FALLBACK)
        prob = np.where(silent, said[FALLBACK], active)
        doubt = 1.0 - confidence(prob)
        apart = spread if desk.model == ENSEMBLE else None
        return Scores(
            prob=prob,
            parts=answers.parts,
            fallback=silent,
            stale=answers.stale,
            blocked=blocked,
            guarded=guarded,
            absent=absent,
            uncertainty=doubt if apart is None else np.where(silent, doubt, apart),
            transitions=transitions,
            usable=usable,
            challenger=said.get(desk.challenger) if desk.challenger else None,
            spread=spread,
            members=members,
        )

    def _tried(self, model: str, block: Block, error: Bools, asked: Bools) -> tuple[Bools, list[Transition]]:
        """Let the breaker follow the rows; another model begins with a closed one."""
        begun = self._breaker.reset() if model != self._model else []
        self._model = model
        blocked, transitions = self._breaker.step(block.second, error, asked)
        return blocked, [*begun, *transitions]
