"""Whose answer counts: the challenger's on its share of symbols, where it has one, else the incumbent's.

The challenger has no breaker and no fallback of its own: a row without an answer of its, or of which there is
nothing to ask, is the incumbent's, with all that stands behind that. Nor do its errors touch the breaker of
the incumbent, which follows the incumbent's own answers on all rows, whoever decides them.

Only a challenger that is lost without news yet is stood in for by the fallback, flagged, as a lost incumbent
is: what was decided with it before the process died must not look like a decision without it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.desk.desk import Desk
from models.desk.gate import confidence
from models.judge.panel import Scores
from models.scoring.ensemble import ENSEMBLE
from models.scoring.scorer import FALLBACK
from models.ticks import Bools


def may_decide(desk: Desk) -> bool:
    """Return whether the challenger decides anything at all; the fallback model only ever stands in."""
    return desk.share > 0 and desk.challenger not in ("", FALLBACK)


def counted(scores: Scores, desk: Desk, in_share: Bools) -> Scores:
    """Return the answers that count, given the incumbent's and (n,) which rows are of the share.

    The very same scores where the challenger decides none of the rows.
    """
    said = scores.challenger
    if said is None or not may_decide(desk):
        return scores
    decides = in_share & scores.usable & np.isfinite(said)
    if not decides.any():
        return scores
    doubt = (
        scores.spread if desk.challenger == ENSEMBLE and scores.spread is not None else 1 - confidence(said)
    )
    return replace(
        scores,
        prob=np.where(decides, said, scores.prob),
        uncertainty=np.where(decides, doubt, scores.uncertainty),
        fallback=np.where(decides, desk.challenger in scores.absent, scores.fallback),
        blocked=scores.blocked & ~decides,
        guarded=scores.guarded & ~decides,
        decides=decides,
    )
