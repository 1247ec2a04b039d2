"""The frozen configuration of the paper account: what it starts with, what trading costs, how it sizes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from models.paper.money import UNIT, money_units

LIQUIDITY = ("taker", "maker")
WHOLE_BPS = 10_000
LARGEST_BALANCE = 1_000_000_000 * UNIT
"""Sums of a book then fit 64 bits, as its snapshots need it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSpec:
    """Everything besides the desk's flags that shapes what the account books.

    Basis points and fractions are taken for the decimal number they print as, money is a decimal text in the
    quote currency. The limits ``max_position_size_usd``, ``max_open_positions`` and ``max_daily_loss`` are
    flags of the desk; one that is not set does not limit.
    """

    start_balance: str = "1000"
    maker_bps: float = 10.0
    taker_bps: float = 15.0
    slippage_bps: float = 5.0
    liquidity: str = "taker"  # which of the two fees an order pays
    latency_ms: int = 250  # from the signal to the exchange
    equity_fraction: float = 0.10  # of the equity, for one entry
    min_order: str = "1"  # a smaller entry is not worth placing
    near_limit: float = 0.9  # of max_daily_loss
    horizon_s: int = 60  # of the signals, for their ids

    def __post_init__(self) -> None:
        """Raise ``ValueError`` where a value cannot be traded with."""
        if self.liquidity not in LIQUIDITY:
            raise ValueError(f"liquidity must be one of {', '.join(LIQUIDITY)}, not '{self.liquidity}'")
        if not all(0 <= bps < WHOLE_BPS for bps in (self.maker_bps, self.taker_bps, self.slippage_bps)):
            raise ValueError(f"fees and slippage are basis points, from 0 to below {WHOLE_BPS}")
        if self.latency_ms < 0 or not (0 < self.equity_fraction <= 1 and 0 < self.near_limit <= 1):
            raise ValueError("latency_ms must be 0 or more, equity_fraction and near_limit parts of 1")
        if not 0 < money_units(self.start_balance) <= LARGEST_BALANCE or money_units(self.min_order) < 0:
            raise ValueError("start_balance must be above 0 and at most 1000000000, min_order 0 or more")

    @property
    def fee_bps(self) -> float:
        """Return the fee of an order, in basis points of its notional."""
        return self.taker_bps if self.liquidity == "taker" else self.maker_bps

    def fingerprint(self) -> str:
        """Return the SHA-256 of the canonical JSON of this value, 64 hex digits."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
