"""Is it the timing? The strategy's trades against trades of the same kind entered at random.

Each random run makes the same number of trades with the same holding times and notionals on the same prices
and at the same costs, one after the other without overlap, at random seconds in random order. The p-value
is the share of runs that earn at least what the strategy's trades earn, the strategy counted among them.

What it tests: whether *when* the strategy bought and sold beats chance on these very prices. A rising market
helps the random runs just as much, so being long in it is no edge. What it does not test: whether the holding
times, the number of trades or the size were well chosen, whether the market will go on like this, or whether
the costs are right; nor does it know of strategies that were tried before this one and dropped. Where the
strategy trades in wilder seconds than random ones, its profit and loss are both larger than theirs, and a
small p-value says somewhat less. A price carried over a silent second counts as one to be had.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from models.performance.result import Significance
from models.ticks import Floats, Ints

RUNS = 1_000
_AT_ONCE = 200_000


class Leg(NamedTuple):
    """The prices of one symbol and the strategy's round trips on them.

    ``prices`` (n,) are one a second, each what an order filled in that second pays before costs; entries and
    exits (trades,) are places in it, in order, none entering before the last has left.
    """

    prices: Floats
    entries: Ints
    exits: Ints
    notional: Floats  # of each entry


def random_entry(legs: Sequence[Leg], cost_bps: float, seed: int, runs: int = RUNS) -> Significance:
    """Return how the trades of all symbols together compare with ``runs`` seeded random runs.

    ``cost_bps`` is what each side costs, fee and slippage, in basis points of its value. Of several symbols
    each is drawn on its own, so limits that span symbols do not bind the random runs. Without a trade, or
    where the trades fill all the time there is, nothing can be said. Raises ``ValueError`` for trades that
    overlap or lie outside the prices.
    """
    traded = [leg for leg in legs if len(leg.entries)]
    for leg in traded:
        _check(leg)
    if not traded or not any(_spare(leg) for leg in traded):
        why = "no trade to compare" if not traded else "the trades leave no time for others"
        return Significance(p_value=None, better_than=None, runs=0, seed=seed, why=why)
    strategy = sum(_earned(leg, cost_bps) for leg in traded)
    rng = np.random.default_rng(seed)
    chance = np.sum([_random(leg, cost_bps, runs, rng) for leg in traded], axis=0)
    return _verdict(strategy, chance, seed)


def _verdict(strategy: float, chance: Floats, seed: int) -> Significance:
    # sums of the same trades in another order differ in their last bits, which must not count as more
    margin = 1e-9 * max(float(np.abs(chance).max()), abs(strategy))
    runs, at_least = len(chance), int((chance >= strategy - margin).sum())
    p_value, better_than = (1 + at_least) / (runs + 1), (runs - at_least) / runs
    why = f"earned more than {better_than:.1%} of {runs:,} runs that entered at random (p = {p_value:.3g})"
    return Significance(
        p_value=p_value,
        better_than=better_than,
        runs=runs,
        seed=seed,
        strategy=strategy,
        random_mean=float(chance.mean()),
        why=why,
    )


def _check(leg: Leg) -> None:
    inside = leg.entries[0] >= 0 and leg.exits[-1] < len(leg.prices)
    if not inside or np.any(leg.exits < leg.entries) or np.any(leg.entries[1:] < leg.exits[:-1]):
        raise ValueError("trades must lie inside the prices, in order, each begun after the last is closed")


def _spare(leg: Leg) -> int:
    """Return the seconds that no trade fills."""
    return len(leg.prices) - 1 - int((leg.exits - leg.entries).sum())


def _profit(leg: Leg, entries: Ints, exits: Ints, notional: Floats, cost_bps: float) -> Floats:
    """Return what round trips earn after costs; the notional is the entry's value before its cost."""
    cost = cost_bps / 10_000
    return notional * (leg.prices[exits] / leg.prices[entries] * (1 - cost) - (1 + cost))


def _earned(leg: Leg, cost_bps: float) -> float:
    return float(_profit(leg, leg.entries, leg.exits, leg.notional, cost_bps).sum())


def _random(leg: Leg, cost_bps: float, runs: int, rng: np.random.Generator) -> Floats:
    """Return what each random run earns, shape (runs,)."""
    some = max(1, _AT_ONCE // len(leg.entries))
    parts = [min(some, runs - done) for done in range(0, runs, some)]
    return np.concatenate([_some(leg, cost_bps, part, rng) for part in parts])


def _some(leg: Leg, cost_bps: float, runs: int, rng: np.random.Generator) -> Floats:
    entries, exits, which = placed(leg.exits - leg.entries, _spare(leg), runs, rng)
    return np.asarray(_profit(leg, entries, exits, leg.notional[which], cost_bps).sum(axis=1))


def placed(held: Ints, spare: int, runs: int, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Return random entries, exits and which trade each is, all of shape (runs, trades), in order of time.

    Trades hold for ``held`` (trades,) seconds and never overlap; ``spare`` seconds are dealt out around them.
    """
    which = rng.permuted(np.tile(np.arange(len(held)), (runs, 1)), axis=1)
    lengths = held[which]
    before = np.sort(rng.integers(0, spare + 1, which.shape), axis=1)  # the spare seconds that passed so far
    entries = before + np.cumsum(lengths, axis=1) - lengths
    return entries, entries + lengths, which
