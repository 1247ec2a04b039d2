"""What trading costs: fee and slippage as exact fractions, and how a fill rounds.

A price is rounded to its unit, half to even; a quantity down; what is paid for it up and what is received
for it down; the fee up.
"""

from __future__ import annotations

from decimal import Decimal

from models.desk.gate import BUY
from models.paper.money import WORTH, ceiling, half_even, money_units
from models.paper.spec import WHOLE_BPS, PaperSpec
from models.spec import SECOND

_MS = 1_000_000


class Costs:
    """The exact figures of a ``PaperSpec``."""

    def __init__(self, spec: PaperSpec) -> None:
        self.start = money_units(spec.start_balance)
        self.smallest = max(1, money_units(spec.min_order))
        self._fee = _fraction(spec.fee_bps, WHOLE_BPS)
        self._slippage = _fraction(spec.slippage_bps, WHOLE_BPS)
        self._share = _fraction(spec.equity_fraction)
        self._near = _fraction(spec.near_limit)
        self._latency = spec.latency_ms * _MS

    def earliest(self, ordered_ts: int) -> int:
        """Return the first second at whose open an order of that time (ns) can be filled."""
        return ceiling(ordered_ts + self._latency, SECOND)

    def fill_price(self, side: int, opened: int) -> int:
        """Return what a trade at that open is filled at: above it for a buy, below it for a sell."""
        slip, whole = self._slippage
        return half_even(opened * (whole + slip if side == BUY else whole - slip), whole)

    def fee(self, notional: int) -> int:
        """Return the fee on a notional."""
        return ceiling(notional * self._fee[0], self._fee[1])

    def affordable(self, free: int) -> int:
        """Return the largest notional that ``free`` cash pays together with its fee."""
        fee, whole = self._fee
        return max(0, free) * whole // (whole + fee)

    def share(self, equity: int) -> int:
        """Return the part of the equity that goes into one entry."""
        return equity * self._share[0] // self._share[1]

    def near(self, limit: int) -> int:
        """Return the loss at which a daily limit (0 or less) is near."""
        return ceiling(limit * self._near[0], self._near[1])


def worth(qty: int, price: int) -> int:
    """Return what a quantity is worth at a price, rounded down."""
    return qty * price // WORTH


def _fraction(value: float, of: int = 1) -> tuple[int, int]:
    numerator, denominator = Decimal(repr(value)).as_integer_ratio()
    return numerator, denominator * of
