"""What a model was worth on rows it did not see: every figure with its interval, beside knowing nothing.

Rows whose outcome is a tie, stale or unknown are counted and left out. A score of at least 0.5 says *up*.
A *hit* is judged only where the policy acts: an up at or above ``entry``, a down at or below ``exit``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import entr
from sklearn.metrics import average_precision_score, cohen_kappa_score, log_loss, roc_auc_score

from models.market.block import DOWN, STALE, TIE, UNKNOWN, UP
from models.ticks import Bools, Floats, Ints
from models.training.judging.blocks import DRAWS, Blocks
from models.training.judging.calibration_error import mass_bins, width_bins
from models.training.judging.calibration_floor import Floor, ece_floors, outcome_correlation
from models.training.judging.influence import auc_influence, average_precision_influence, kappa_influence
from models.training.judging.intervals import (
    Interval,
    distance_interval,
    from_influence,
    mean_interval,
    share_interval,
)
from models.training.judging.murphy import Murphy, decompose
from models.training.judging.reliability import Bin, reliability

MEASURED = (
    "accuracy", "hit_rate", "auc", "pr_auc", "kappa", "brier", "log_loss",
    "log_loss_saved", "ece", "ece_equal_mass",
)  # fmt: skip
"""The fields of Metrics that are intervals."""
_ANY = (-np.inf, np.inf)
_SIDES = [False, True]


class NoRowsError(ValueError):
    """No row has an outcome, so there is nothing to measure: take a longer history or a wider split."""


class Base(NamedTuple):
    """What knowing nothing but the overall share of ups would have scored on the same rows."""

    up_share: float
    majority: float  # accuracy of always naming the commoner side
    log_loss: float
    brier: float


class Counts(NamedTuple):
    """Rows by what became of them; ``acted`` are those with an outcome on which the policy would act."""

    rows: int
    labelled: int
    up: int
    down: int
    tie: int
    stale: int
    unknown: int
    acted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """The figures of one part (validation, test, a symbol); None where it has no meaning on these rows."""

    counts: Counts
    seconds: int  # of time with rows, long gaps left out
    block_s: int  # resampled at once
    symbol_correlation: float
    base: Base
    accuracy: Interval
    hit_rate: Interval | None
    auc: Interval | None
    pr_auc: Interval | None
    kappa: Interval | None
    brier: Interval
    murphy: Murphy
    log_loss: Interval
    log_loss_saved: Interval  # nats a row against always saying the share of ups, row by row
    ece: Interval
    ece_floor: Floor
    ece_equal_mass: Interval
    ece_equal_mass_floor: Floor
    reliability: tuple[Bin, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as it stands in a card."""
        intervals = {name: _dict(getattr(self, name)) for name in MEASURED}
        return {
            "counts": self.counts._asdict(),
            "seconds": self.seconds,
            "block_s": self.block_s,
            "symbol_correlation": self.symbol_correlation,
            "base": self.base._asdict(),
            **intervals,
            "murphy": self.murphy.as_dict(),
            "ece_floor": self.ece_floor.as_dict(),
            "ece_equal_mass_floor": self.ece_equal_mass_floor.as_dict(),
            "reliability": [each.as_dict() for each in self.reliability],
        }


def measure(
    outcome: npt.NDArray[np.int8],
    prob: Floats,
    second: Ints,
    code: Ints,
    *,
    horizon_s: int,
    entry: float,
    exit: float,
    seed: int,
    draws: int = DRAWS,
) -> Metrics:
    """Return the figures of scored rows, all arrays (n,).

    ``outcome`` is UP, DOWN, TIE, STALE or UNKNOWN of models.market.block, as in a training row's label.
    Raises NoRowsError where none is UP or DOWN.
    """
    known = (outcome == UP) | (outcome == DOWN)
    if not known.any():
        raise NoRowsError(NoRowsError.__doc__)
    up, prob, second, code = outcome[known] == UP, prob[known], second[known], code[known]
    blocks = Blocks(second, horizon_s, seed, draws)
    acted = (prob >= entry) | (prob <= exit)
    places = (width_bins(prob), mass_bins(prob))
    together = outcome_correlation(up.astype(np.float64), second)
    floors = ece_floors(prob, second, horizon_s, places, code=code, correlation=together, seed=seed)
    return Metrics(
        counts=_counts(outcome, acted),
        seconds=blocks.span_s,
        block_s=blocks.length_s,
        symbol_correlation=together,
        base=_base(up),
        hit_rate=share_interval(up == (prob >= entry), acted, blocks),
        murphy=decompose(up, prob),
        ece=distance_interval(prob - up, places[0], blocks),
        ece_floor=floors[0],
        ece_equal_mass=distance_interval(prob - up, places[1], blocks),
        ece_equal_mass_floor=floors[1],
        reliability=reliability(up, prob, blocks),
        **_scores(up, prob, blocks),
    )


def _scores(up: Bools, prob: Floats, blocks: Blocks) -> dict[str, Any]:
    said, clipped = prob >= 0.5, np.clip(prob, np.finfo(float).eps, 1 - np.finfo(float).eps)
    loss = -np.log(np.where(up, clipped, 1 - clipped))
    of_base = -np.log(np.where(up, up.mean(), 1 - up.mean()))
    return {
        "accuracy": mean_interval(up == said, blocks),
        "brier": mean_interval((prob - up) ** 2, blocks),
        "log_loss": replace(
            mean_interval(loss, blocks, _ANY), value=float(log_loss(up, prob, labels=_SIDES))
        ),
        "log_loss_saved": mean_interval(of_base - loss, blocks, _ANY),
        **_two_sided(up, said, prob, blocks),
    }


def _two_sided(up: Bools, said: Bools, prob: Floats, blocks: Blocks) -> dict[str, Interval | None]:
    """Return the figures that need ups and downs."""
    if up.all() or not up.any():
        return dict.fromkeys(("auc", "pr_auc", "kappa"))
    area, precision = roc_auc_score(up, prob), average_precision_score(up, prob)
    kappa = float(cohen_kappa_score(up, said))
    return {
        "auc": from_influence(float(area), auc_influence(up, prob), blocks),
        "pr_auc": from_influence(float(precision), average_precision_influence(up, prob), blocks),
        "kappa": from_influence(kappa, kappa_influence(up, said), blocks, bounds=(-1, 1)),
    }


def _counts(outcome: npt.NDArray[np.int8], acted: Bools) -> Counts:
    up, down, tie, stale, unknown = (int((outcome == o).sum()) for o in (UP, DOWN, TIE, STALE, UNKNOWN))
    return Counts(len(outcome), up + down, up, down, tie, stale, unknown, int(acted.sum()))


def _base(up: Bools) -> Base:
    share = float(up.mean())
    no_skill = float(entr(share) + entr(1 - share))
    return Base(share, max(share, 1 - share), no_skill, share * (1 - share))


def _dict(interval: Interval | None) -> dict[str, Any] | None:
    return None if interval is None else interval.as_dict()
