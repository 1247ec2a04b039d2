"""The frozen configuration of the paper account: what it starts with, what trading costs, how it sizes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

LIQUIDITY = ("taker", "maker")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSpec:
    """Everything besides the desk's flags that shapes what the account books.

    Basis points and fractions are taken for the decimal number they print as, money is a decimal text in the
    quote currency. The limits ``max_position_size_usd``, ``max_open_positions`` and ``max_daily_loss`` are
    flags of the desk; one that is not set does not limit.
    """

    start_balance: str = "1000"
    maker_bps: float = 10
    taker_bps: float = 15
    slippage_bps: float = 5
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
        if not 0 <= self.slippage_bps < 10_000 or min(self.maker_bps, self.taker_bps) < 0:
            raise ValueError("fees and slippage are basis points of 0 or more, slippage below 10000")
        if self.latency_ms < 0 or not 0 < self.equity_fraction <= 1:
            raise ValueError("latency_ms must be 0 or more, equity_fraction above 0 and at most 1")

    @property
    def fee_bps(self) -> float:
        """Return the fee of an order, in basis points of its notional."""
        return self.taker_bps if self.liquidity == "taker" else self.maker_bps

    def fingerprint(self) -> str:
        """Return the SHA-256 of the canonical JSON of this value, 64 hex digits."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
