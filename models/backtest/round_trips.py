"""Round trips from fills: what was bought and sold again, with what both sides cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from models.performance.trades import Trade


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of a symbol since its first purchase; money and quantity as floats."""

    opened_ts: int
    qty: float
    notional: float
    fees: float
    slippage: float
    model: str


class RoundTrips:
    """Takes the fills of one account in their order, bodies of the topic ``trades``."""

    def __init__(self) -> None:
        self.closed: list[Trade] = []
        self.open: dict[str, Held] = {}

    def take(self, fill: Mapping[str, Any]) -> None:
        """Take the next fill."""
        symbol = f"{fill['venue']}:{fill['symbol']}" if fill["venue"] else fill["symbol"]
        (self._bought if fill["side"] == "BUY" else self._sold)(symbol, fill)

    def _bought(self, symbol: str, fill: Mapping[str, Any]) -> None:
        held = self.open.get(symbol) or Held(fill["ts"], 0.0, 0.0, 0.0, 0.0, fill["model"])
        self.open[symbol] = replace(
            held,
            qty=held.qty + float(fill["qty"]),
            notional=held.notional + float(fill["notional"]),
            fees=held.fees + float(fill["fee"]),
            slippage=held.slippage + float(fill["slippage"]),
        )

    def _sold(self, symbol: str, fill: Mapping[str, Any]) -> None:
        held, qty = self.open.pop(symbol), float(fill["qty"])
        whole = float(fill["position"]) == 0.0
        share = 1.0 if whole else qty / held.qty
        self.closed.append(
            Trade(
                symbol=symbol,
                opened_ts=held.opened_ts,
                closed_ts=fill["ts"],
                qty=qty,
                entry_price=held.notional / held.qty,
                exit_price=float(fill["price"]),
                profit=float(fill["realised"]),
                fees=held.fees * share + float(fill["fee"]),
                slippage=held.slippage * share + float(fill["slippage"]),
                notional=held.notional * share,
                model=held.model,
            )
        )
        if not whole:
            self.open[symbol] = replace(
                held,
                qty=held.qty - qty,
                notional=held.notional * (1 - share),
                fees=held.fees * (1 - share),
                slippage=held.slippage * (1 - share),
            )
