"""What probabilities earn after costs: as a soft position for the search, as real trades for the policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from models.market.schema import NAMES
from models.ticks import Bools, Floats, Ints
from models.training.rows import Rows

_RETURN = NAMES.index("ret_1s")


class Costs(NamedTuple):
    """What a side of a trade costs, in basis points of its notional; a round trip has two sides."""

    taker_bps: float = 15.0
    slippage_bps: float = 5.0

    @property
    def round_trip(self) -> float:
        """Return the costs of buying and selling again, as a log return."""
        return 2.0 * (self.taker_bps + self.slippage_bps) / 10_000.0


def cost_aware_profit(prob: Floats, realised: Floats, costs: Costs) -> float:
    """Return the mean of w (r - c) over rows, in units of the mean |r|.

    w = max(2 p - 1, 0) is a soft long position, r the log return over the horizon, c the round trip. Rows
    without a return are left out; 0 where nothing moved.
    """
    known = np.isfinite(realised)
    unit = float(np.abs(realised[known]).mean()) if known.any() else 0.0
    if unit == 0.0:
        return 0.0
    weight = np.maximum(2.0 * prob[known] - 1.0, 0.0)
    return float(np.mean(weight * (realised[known] - costs.round_trip))) / unit


@dataclass(frozen=True, slots=True)
class Path:
    """Rows symbol by symbol in time, with what holding each for a second earns."""

    order: Ints
    begins: Bools  # first row of an unbroken stretch of a symbol
    earns: Floats  # log return until the next second's close; 0 at the end of a stretch


def path(rows: Rows) -> Path:
    """Lay rows out for ``trade``; a gap in a symbol's seconds ends a stretch, and any position with it."""
    order = np.lexsort((rows.second, rows.code))
    code, second = rows.code[order], rows.second[order]
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = (code[1:] != code[:-1]) | (second[1:] != second[:-1] + 1)
    moved = np.where(begins, 0.0, rows.x[order, _RETURN])
    return Path(order, begins, np.append(moved[1:], 0.0))


class Outcome(NamedTuple):
    """What a policy did: log returns summed over trades of equal size."""

    trades: int
    gross: float
    net: float  # after costs
    held_s: int

    def as_dict(self) -> Mapping[str, Any]:
        """Return plain data for the card."""
        return self._asdict()


def trade(way: Path, prob: Floats, entry: float, leave: float, costs: Costs) -> Outcome:
    """Buy at the close of a second with p >= ``entry``, hold until p <= ``leave``; long only.

    ``prob`` is in the order of the rows. Each symbol has at most one position.
    """
    if not len(prob):
        return Outcome(0, 0.0, 0.0, 0)
    prob = prob[way.order]
    wish = np.where(prob >= entry, 1, np.where((prob <= leave) | way.begins, -1, 0))
    held = wish[np.maximum.accumulate(np.where(wish != 0, np.arange(len(wish)), 0))] == 1
    bought = held.copy()
    bought[1:] &= ~held[:-1] | way.begins[1:]
    trades, gross = int(bought.sum()), float(way.earns[held].sum())
    return Outcome(trades, gross, gross - trades * costs.round_trip, int(held.sum()))
