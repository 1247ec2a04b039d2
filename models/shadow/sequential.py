"""Is the challenger worse? A test that may be looked at as often as one likes.

**The bet.** Before each block somebody who holds "the challenger is no worse" to be false stakes a share of
his wealth on it. A pair of probabilities p (challenger) and q (active) with outcome y differs in Brier score
by (p - q)(p + q - 2 y), at most by its stake. With N the sum of the differences in a block and D that of the
stakes, the wealth is multiplied by

    1 + share * N / max(D, usual),      usual: mean and one deviation of the D of the blocks before,

which is never negative as ``share`` is below 1. If the challenger is no worse, N is not expected above zero
whatever went before, so the wealth is not expected to grow: it is a supermartingale from 1, and the chance
that it *ever* reaches 1 / alpha is at most alpha (Ville 1939; Shafer 2021; Waudby-Smith and Ramdas 2024). So
looks cost nothing and a run may be extended. Half of the wealth is bet in each of two shares; the sum of
supermartingales is one.

**Overlap** does no harm: a block counts only pairs that began *and* ended in it, so that all of it lies
behind what is known when the bet is made. Nothing is assumed of how outcomes inside it depend on each other,
or symbols on symbols. Two things are not exact: a block whose D is above the usual is scaled by what only
became known in it (so that it counts for less); and "no worse" is meant block by block, given what went
before: a challenger that has bad hours, and better ones later, can be caught in the bad ones. What both do
is in the counts of ``levibot verify rollout``.
"""

from __future__ import annotations

from math import exp, log
from typing import NamedTuple

import numpy as np

from models.shadow.blocks import Blocks
from models.ticks import Floats

ALPHA = 0.002
"""How often a challenger that is no worse is called worse, in a run of any length: far under 1 %."""
SHARES = (0.3, 0.9)
"""Parts of the wealth that are staked: the lesser for small differences, the greater for large ones."""
DECLARED = 0.01
"""The difference in Brier score that is found in 48 hours with more than 95 %: scores a tenth off, say."""


class Evidence(NamedTuple):
    """What the bets have come to; ``p`` counts for good once it was reached."""

    p: float  # smallest so far of 1 / wealth, at most 1: no more than the chance of this under "no worse"
    wealth: float  # now, natural logarithm
    best: float  # largest so far, natural logarithm
    at: int | None  # number of the block with which ``p`` first was at most ALPHA

    @property
    def worse(self) -> bool:
        """Return whether the challenger is called worse."""
        return self.at is not None


def worse(blocks: Blocks) -> Evidence:
    """Return the evidence that the challenger's Brier score is worse than the active model's."""
    wealth = wealth_of(blocks)
    best = np.maximum.accumulate(np.append(0.0, wealth))
    place = int(np.searchsorted(best, -log(ALPHA)))
    at = int(blocks.first[place - 1]) if place < len(best) else None
    now = float(wealth[-1]) if len(wealth) else 0.0
    return Evidence(exp(-float(best[-1])), now, float(best[-1]), at)


def better(blocks: Blocks) -> float:
    """Return p of the same test the other way round: small where the challenger is the better one."""
    return exp(-max(0.0, float(_wealth(-blocks.summed("bet"), blocks.summed("stake")).max(initial=0.0))))


def wealth_of(blocks: Blocks) -> Floats:
    """Return the logarithm of the wealth behind each block, (m,): what a longer run adds changes none."""
    return _wealth(blocks.summed("bet"), blocks.summed("stake"))


def _wealth(bet: Floats, stake: Floats) -> Floats:
    """Return the logarithm of the mean wealth behind each block, (m,)."""
    usual = _usual(stake)
    # without a stake before there is no scale, and no bet
    share = np.divide(bet, np.maximum(stake, usual), out=np.zeros(len(bet)), where=usual > 0)
    each = np.cumsum(np.log1p(np.multiply.outer(share, SHARES)), axis=0)
    return np.asarray(np.logaddexp.reduce(each, axis=1) - log(len(SHARES)))


def _usual(stake: Floats) -> Floats:
    """Return mean and one deviation of what stands before each place; there is nothing before the first."""
    before = np.maximum(np.arange(len(stake)), 1)
    mean, square = (np.cumsum(each) - each for each in (stake, stake**2))
    mean, square = mean / before, square / before
    return np.asarray(mean + np.sqrt(np.maximum(square - mean**2, 0.0)))
