"""Figures of raw rows by their definitions, in plain numpy and sklearn: what folded ones are held against."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss

from models.market.block import DOWN, UP
from models.monitor.bucket import Answered
from models.monitor.calibration.cells import cell_of
from models.monitor.calibration.tally import LEAST_LOG
from models.ticks import Bools, Floats, Ints
from models.training.judging.calibration_error import ece, mass_bins, width_bins
from models.training.judging.murphy import decompose

EXACT = 1e-12
JUDGED = ("hit_rate", "brier", "log_loss", "ece", "ece_equal_mass")


def plain(answered: Answered, realised: Floats, own: slice) -> dict[str, Any]:
    """Return what ``figures`` is to say of the first symbol's columns ``own``; realised (k, columns)."""
    prob, outcome, move = answered.prob[0, own], answered.outcome[0, own], realised[0, own]
    said = np.isfinite(prob)
    known = said & ((outcome == UP) | (outcome == DOWN))
    up, score = outcome[known] == UP, prob[known]
    return {
        "said": int(said.sum()),
        "n": len(up),
        "up": int(up.sum()),
        "realised": float(np.nansum(np.sign(prob - 0.5) * move)),
        **(_judged(up, score) if len(up) else dict.fromkeys(JUDGED) | {"deciles": []}),
    }


def _judged(up: Bools, score: Floats) -> dict[str, Any]:
    ranked = mass_bins(cell_of(score).astype(np.float64), 10)
    parts = decompose(up, score).as_dict()
    return {
        "hit_rate": float(accuracy_score(up, score >= 0.5)),
        "brier": {
            "value": float(brier_score_loss(up, score, pos_label=True)),
            "reliability": parts["reliability"],
            "resolution": parts["resolution"],
            "uncertainty": parts["uncertainty"],
            "within": parts["within_bins"],
        },
        "log_loss": float(log_loss(up, np.clip(score, LEAST_LOG, 1 - LEAST_LOG), labels=[False, True])),
        "ece": ece(up, score),
        "ece_equal_mass": float(np.abs(np.bincount(ranked, score - up)).sum() / len(up)),
        "deciles": [row for row in _counts(up, score, ranked) if row["n"]],
    }


def buckets(answered: Answered, own: slice) -> list[dict[str, Any]]:
    """Return the ten fixed buckets of the first symbol's columns ``own``."""
    prob, outcome = answered.prob[0, own], answered.outcome[0, own]
    said = np.isfinite(prob)
    known = said & ((outcome == UP) | (outcome == DOWN))
    counts = _counts(outcome[known] == UP, prob[known], width_bins(prob[known]))
    all_said = np.bincount(width_bins(prob[said]), minlength=10).tolist()
    return [{"said": n} | row for n, row in zip(all_said, counts, strict=True)]


def _counts(up: Bools, score: Floats, place: Ints) -> list[dict[str, Any]]:
    columns = (np.bincount(place, w, 10).tolist() for w in (None, up, score))
    return [
        {"n": n, "up": u, "prob": pytest.approx(p, abs=EXACT * max(n, 1))}
        for n, u, p in zip(*columns, strict=True)
    ]


def assert_same(found: Any, expected: dict[str, Any]) -> None:
    """Assert that figures are those expected: means within 1e-12, sums within that for each row."""
    for name, value in expected.items():
        got = found[name]["value"] if name.startswith("ece") and value is not None else found[name]
        near = EXACT * (expected["said"] if name == "realised" else 1)
        loose = isinstance(value, float | dict)
        assert got == (pytest.approx(value, rel=0, abs=near) if loose else value), name
