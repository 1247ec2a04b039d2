"""Fitting calibrations on held-out scores, and choosing between them by what later scores say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from models.bundle.calibration import Calibration, Identity, Isotonic, Platt, log_odds
from models.ticks import Floats
from models.training.judging.calibration_error import ece

Labels = npt.NDArray[np.int8]

LEAST_ROWS = 200
"""With fewer rows on either side nothing is fitted: the raw probability stays."""


def fit_platt(raw: Floats, label: Labels) -> Platt:
    """Return the line through the log odds that makes the labels most likely.

    Targets are smoothed as in Platt (1999), so that separable labels give a finite line. A falling line
    would turn the model's opinion round; the slope stops at 0, where every score becomes the base rate.
    """
    ups = int(np.sum(label == 1))
    target = np.where(label == 1, (ups + 1) / (ups + 2), 1 / (len(label) - ups + 2))
    odds = log_odds(raw)

    def loss(line: Floats) -> tuple[float, Floats]:
        z = line[0] * odds + line[1]
        off = expit(z) - target
        return float(np.mean(np.logaddexp(0.0, z) - target * z)), np.array([np.mean(off * odds), off.mean()])

    found = minimize(
        loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None)]
    )
    return Platt(float(found.x[0]), float(found.x[1]))


def fit_isotonic(raw: Floats, label: Labels) -> Isotonic:
    """Return the rising step line closest to the labels, kept off 0 and 1 by 1 / (rows + 2)."""
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415

    fitted = IsotonicRegression(out_of_bounds="clip").fit(raw, (label == 1).astype(float))
    edge = 1.0 / (len(label) + 2)
    return Isotonic(
        tuple(fitted.X_thresholds_.tolist()), tuple(np.clip(fitted.y_thresholds_, edge, 1 - edge).tolist())
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen calibration and the calibration error of each candidate where none was fitted."""

    calibration: Calibration
    held_out: Mapping[str, float]  # ECE by method; identity is the error before
    fitted_rows: int
    judged_rows: int

    @property
    def why(self) -> str:
        """Return what decided, in words."""
        if len(self.held_out) <= 1:
            return f"fewer than {LEAST_ROWS} rows to fit and to judge, or ups alone: nothing was fitted"
        if isinstance(self.calibration, Identity):
            return "neither Platt nor isotonic lowered the calibration error on later rows"
        return "the least calibration error on later rows than it was fitted to"

    def as_dict(self) -> dict[str, Any]:
        """Return the choice as it stands on the card."""
        method = self.calibration.as_dict()["method"]
        return {
            "method": method,
            "why": self.why,
            "ece_before": self.held_out.get("identity"),
            "ece_after": self.held_out.get(method),
            "held_out": dict(self.held_out),
            "fitted_rows": self.fitted_rows,
            "judged_rows": self.judged_rows,
        }


def choose(
    fit_raw: Floats, fit_label: Labels, judge_raw: Floats, judge_label: Labels, bins: int = 10
) -> Choice:
    """Fit on the first rows and keep what has the least ECE on the later ones; a tie keeps the raw score.

    What is returned is what was judged: it is not fitted again on all rows.
    """
    candidates: dict[str, Calibration] = {"identity": Identity()}
    if min(len(fit_label), len(judge_label)) >= LEAST_ROWS and len(np.unique(fit_label)) == 2:
        candidates["platt"] = fit_platt(fit_raw, fit_label)
        candidates["isotonic"] = fit_isotonic(fit_raw, fit_label)
    errors: dict[str, float] = {}
    if len(judge_label):
        errors = {
            name: float(ece(judge_label, one.apply(judge_raw), bins)) for name, one in candidates.items()
        }
    best = min(errors, key=errors.__getitem__, default="identity")
    return Choice(candidates[best], errors, len(fit_label), len(judge_label))
