"""Everything that is known of a challenger against the active model: figures, intervals, evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.rules.evaluate import Sample
from models.shadow.blocks import Blocks
from models.shadow.books import Earned
from models.shadow.intervals import Figure, ece, ece_difference, mean_figure
from models.shadow.sequential import Evidence, better, worse


@dataclass(frozen=True, slots=True)
class Comparison:
    """Figures of one stretch of time; differences are the challenger's less the active's: above 0 is worse.

    None where no pair has its outcome yet. Intervals are of 95 %.
    """

    pairs: int  # with an outcome
    n_effective: int  # pieces of a horizon's length that had a pair: as if all symbols moved as one
    left_out: dict[str, int]  # rows in fallback, unpaired, of other models; pairs that are ties or stale
    agreement: Figure | None  # share on the same side of one half
    same: Figure | None  # share with the same BUY, SELL or HOLD
    brier: Figure | None
    log_loss: Figure | None
    ece: Figure | None
    ece_active: float | None
    ece_challenger: float | None
    evidence: Evidence  # that the challenger is worse
    better_p: float  # the same test the other way round

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        return {
            name: value._asdict() if isinstance(value, Figure | Evidence) else value
            for name, value in plain.items()
        }


def compare(blocks: Blocks, seed: int = 0) -> Comparison:
    """Return what whole blocks say; the seed is that of the bootstrap behind the ECE's interval."""
    counts = {
        name: blocks.counted(name).astype(np.float64)
        for name in ("n", "agree", "same", "fallback", "unpaired", "other", "ties", "stale")
    }
    n = counts["n"]
    loss = {
        name: blocks.summed(f"{name}_challenger") - blocks.summed(f"{name}_active")
        for name in ("brier", "log_loss")
    }
    return Comparison(
        pairs=int(n.sum()),
        n_effective=blocks.horizons,
        left_out={
            name: int(counts[name].sum()) for name in ("fallback", "unpaired", "other", "ties", "stale")
        },
        agreement=mean_figure(counts["agree"], n, blocks.horizon_s),
        same=mean_figure(counts["same"], n, blocks.horizon_s),
        brier=mean_figure(loss["brier"], n, blocks.horizon_s),
        log_loss=mean_figure(loss["log_loss"], n, blocks.horizon_s),
        ece=ece_difference(blocks, seed),
        ece_active=ece(blocks, "active"),
        ece_challenger=ece(blocks, "challenger"),
        evidence=worse(blocks),
        better_p=better(blocks),
    )


def samples(blocks: Blocks) -> list[Sample]:
    """Return what a check needs of the pairs, cheap enough for every check; no pair, no data."""
    n = int(blocks.counted("n").sum())
    effective = blocks.horizons
    loss = blocks.summed("brier_challenger") - blocks.summed("brier_active")
    return [
        Sample("shadow.worse_p", "all", worse(blocks).p if n else None, n=effective),
        Sample("shadow.brier_difference", "all", float(loss.sum()) / n if n else None, n=effective),
        Sample("shadow.agreement", "all", int(blocks.counted("agree").sum()) / n if n else None, n=effective),
    ]


def book_samples(found: Earned) -> list[Sample]:
    """Return what a check needs of the books; a lead in Sharpe ratio has a limit, what chance explains."""
    chance = found.sharpe_chance
    return [
        Sample("shadow.sharpe", "all", found.sharpe_challenger),
        Sample("shadow.sharpe_lead", "all", found.sharpe_lead, None if chance is None else -chance),
        Sample("shadow.max_drawdown", "all", found.drawdown_challenger),
        Sample("shadow.drawdown_ratio", "all", found.drawdown_ratio),
        Sample("shadow.trades", "all", float(found.trades)),
    ]
