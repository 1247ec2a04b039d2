"""The Brier score taken apart: how calibrated, how sharp, how hard."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from models.ticks import Bools, Floats
from models.training.judging.calibration_error import BINS, width_bins


@dataclass(frozen=True, slots=True)
class Murphy:
    """brier = reliability - resolution + uncertainty + within_bins, over bins of equal width.

    Reliability: mean square of (mean score - share of ups) of a bin; 0 is perfect. Resolution: mean square
    of (a bin's share of ups - overall share); 0 tells nothing. Uncertainty: share (1 - share), the Brier
    score of always saying the share. Within bins: what scores that differ inside a bin add (Murphy 1973;
    Stephenson, Coelho and Jolliffe 2008). Reliability and resolution of a short sample are both too high.
    """

    reliability: float
    resolution: float
    uncertainty: float
    within_bins: float

    def as_dict(self) -> dict[str, float]:
        """Return it as it stands in a card."""
        return asdict(self)


def decompose(up: Bools, prob: Floats, bins: int = BINS) -> Murphy:
    """Return the parts of mean((score - label)^2)."""
    place = width_bins(prob, bins)
    count = np.bincount(place)
    full = count > 0
    share, score = (np.bincount(place, column)[full] / count[full] for column in (up, prob))
    weight, overall = count[full] / len(prob), float(up.mean())
    reliability = float((weight * (score - share) ** 2).sum())
    resolution = float((weight * (share - overall) ** 2).sum())
    uncertainty = overall * (1 - overall)
    brier = float(((prob - up) ** 2).mean())
    return Murphy(reliability, resolution, uncertainty, brier - reliability + resolution - uncertainty)
