"""Who said what of a block's rows: answers under the names and versions of the models that gave them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from models.desk.desk import Desk
from models.desk.references import name_of
from models.judge import bodies
from models.judge.bodies import Body, Row
from models.judge.heard import Heard, Said
from models.judge.panel import Scores
from models.monitor.recent import Binning
from models.monitor.trained import drift_reference
from models.online.river_logistic import RiverLogistic
from models.scoring import ensemble
from models.scoring.absent import Absent
from models.scoring.model import Model
from models.scoring.scorer import FALLBACK
from models.ticks import Floats

_WALKED = {RiverLogistic.name: RiverLogistic.version, ensemble.ENSEMBLE: ensemble.VERSION}
"""Versions of the models whose answers are made in Judge, row by row or from those of others."""


class Voices:
    """Models by reference; the mapping may gain models while the flow runs."""

    def __init__(self, models: Mapping[str, Model], horizon_s: int) -> None:
        self._models = models
        self._horizon_s = horizon_s

    def heard(self, incumbent: Scores, scores: Scores, desk: Desk) -> Heard:
        """Return who said what, of the incumbent's scores and those that count."""
        active = self._active(incumbent, desk)
        counted = active if scores is incumbent else self._active(scores, desk)
        return Heard(counted, active, self._shadow(incumbent, desk), scores.decides)

    def _active(self, scores: Scores, desk: Desk) -> Said:
        """The model's own answers, the fallback's where it stands in, the challenger's where it decides."""
        by = [FALLBACK if fallback else desk.model for fallback in scores.fallback.tolist()]
        if scores.decides is not None:
            for row in np.flatnonzero(scores.decides & ~scores.fallback).tolist():
                by[row] = desk.challenger
        return self._by(scores.prob, by, "active")

    def _shadow(self, scores: Scores, desk: Desk) -> Said | None:
        """Return what the challenger said itself, NaN where it gave no answer; None without one."""
        if scores.challenger is None or desk.challenger in scores.absent:
            return None
        return self._by(scores.challenger, [desk.challenger] * len(scores.prob), "challenger")

    def said(self, scores: Scores, desk: Desk) -> dict[str, Floats]:
        """Return by model what it said of each row itself, NaN where it gave no answer.

        A model that is lost without news yet has said nothing, nor has the fallback in its place: which
        models there is something to tell of must not depend on it.
        """
        nothing = np.full(len(scores.prob), np.nan)
        lost = desk.model in scores.absent
        by_model = {FALLBACK: nothing if lost else np.where(scores.fallback, scores.prob, np.nan)}
        if desk.model != FALLBACK:
            by_model[desk.model] = np.where(scores.fallback, np.nan, scores.prob)
        others = {desk.challenger: scores.challenger, **scores.members}
        for reference, prob in others.items():
            if prob is not None:
                by_model.setdefault(reference, nothing if reference in scores.absent else prob)
        return by_model

    def version(self, reference: str) -> str:
        """Return the version of a model, empty where it is not there any more."""
        if isinstance(self._models.get(reference), Absent):
            return ""
        return self._version(reference) if reference in _WALKED or reference in self._models else ""

    def binning(self, reference: str) -> Binning | None:
        """Return the bins of a model's features in its training, None where it has none."""
        return drift_reference(self._models, reference)

    def predictions(self, rows: list[Row], scores: Scores, active: Said, desk: Desk) -> list[Body]:
        """Return what was said of each row: by the active model, the challenger, the ensemble's members.

        All of the incumbent's side, whoever decides the row: so every row is a pair.
        """
        others = [("member", name, said) for name, said in scores.members.items()]
        if scores.challenger is not None:
            others.insert(0, ("challenger", desk.challenger, scores.challenger))
        said: list[list[Body | None]] = [[*bodies.predictions(rows, active)]]
        for role, reference, prob in others:
            by = FALLBACK if reference in scores.absent else reference
            found = bodies.predictions(rows, self._by(prob, [by] * len(rows), role))
            answered = np.isfinite(prob).tolist()
            said.append([body if good else None for body, good in zip(found, answered, strict=True)])
        return [body for of_row in zip(*said, strict=True) for body in of_row if body is not None]

    def _by(self, prob: Floats, references: list[str], role: str) -> Said:
        known = {r: (name_of(r), self._version(r)) for r in set(references)}
        names, versions = [known[r][0] for r in references], [known[r][1] for r in references]
        return Said(prob, names, versions, role, self._horizon_s)

    def _version(self, reference: str) -> str:
        return _WALKED.get(reference) or self._models[reference].version
