"""The reliability diagram as numbers: in each bin of the score, how often the price went up."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from models.ticks import Bools, Floats
from models.training.judging.blocks import Blocks
from models.training.judging.calibration_error import BINS, width_bins
from models.training.judging.intervals import share_interval


@dataclass(frozen=True, slots=True)
class Bin:
    """Scores in [``left``, ``right``): their count and mean, the share of ups and its 95 % interval."""

    left: float
    right: float
    count: int
    mean_prob: float | None  # None where the bin is empty
    mean_label: float | None
    low: float | None
    high: float | None

    def as_dict(self) -> dict[str, float | int | None]:
        """Return it as it stands in a card."""
        return asdict(self)


def reliability(up: Bools, prob: Floats, blocks: Blocks, bins: int = BINS) -> tuple[Bin, ...]:
    """Return ``bins`` bins of equal width; ``blocks`` are those of the rows' seconds."""
    place = width_bins(prob, bins)
    return tuple(_bin(up, prob, blocks, place == b, b / bins, (b + 1) / bins) for b in range(bins))


def _bin(up: Bools, prob: Floats, blocks: Blocks, inside: Bools, left: float, right: float) -> Bin:
    share = share_interval(up, inside, blocks)
    if share is None:
        return Bin(left, right, 0, None, None, None, None)
    return Bin(left, right, share.n, float(np.mean(prob[inside])), share.value, share.low, share.high)
