"""What a model says of training rows: raw for calibration, and as it will run, for the card."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.bundle.calibration import Identity
from models.bundle.making import steadied
from models.bundle.manifest import Manifest
from models.bundle.opening import BundleModel, model_of
from models.bundle.placing import model_rows
from models.market.schema import NAMES
from models.scoring.model import ModelRows
from models.ticks import Floats
from models.training.judging.policy import Sweep, sweep
from models.training.judging.profit import Costs
from models.training.learning.calibrators import Choice, choose
from models.training.rows import Rows
from models.training.split import halves


@dataclass(frozen=True, slots=True)
class Tuned:
    """A model with the calibration and thresholds that validation rows gave it."""

    model: BundleModel
    calibration: Choice
    policy: Sweep


def tuned(manifest: Manifest, content: bytes, validation: Rows, costs: Costs, least_trades: int) -> Tuned:
    """Calibrate on the first half of the validation rows, choose on the second, sweep thresholds on both.

    The calibration and policy of ``manifest`` are replaced.
    """
    raw_model = steadied(replace(manifest, calibration=Identity()), content, validation.x)
    raw = raw_model.together().predict(asked(validation))
    choice = _calibration(validation, raw, manifest.horizon_s)
    found = sweep(validation, choice.calibration.apply(raw), costs, least_trades)
    ready = replace(raw_model.manifest, calibration=choice.calibration, policy=found.policy)
    return Tuned(model_of(ready, content), choice, found)


def asked(rows: Rows) -> ModelRows:
    """Return rows in the form in which a model is asked."""
    return replace(model_rows(rows.x, NAMES), second=rows.second, phase=rows.code)


def _calibration(rows: Rows, raw: Floats, horizon_s: int) -> Choice:
    known = np.flatnonzero(rows.label >= 0)
    marked = replace(rows.where(known), realised=raw[known])  # the score travels with its row
    first, second = halves(marked, horizon_s)
    return choose(first.realised, first.label, second.realised, second.label)
