"""What is simulated: the instruments, how they trade, how well their flow predicts them, what goes wrong.

All frozen values; together with a seed and a start time a ``MarketSpec`` fixes every byte of the stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from models.ticks import MAX_SYMBOL_LENGTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One symbol: where its price starts and how finely it and the quantities are quoted."""

    symbol: str
    price: float = 100.0
    price_decimals: int = 3
    """The price tick is 10 ** -price_decimals; well below a one-minute move, or bounce hides the edge."""
    qty: float = 10.0
    """Median quantity of a trade, in units of the base asset."""
    qty_decimals: int = 2

    def __post_init__(self) -> None:
        if not 0 < len(self.symbol) <= MAX_SYMBOL_LENGTH or not self.symbol.isalnum():
            raise ValueError(f"symbol {self.symbol!r}: 1 to {MAX_SYMBOL_LENGTH} letters and digits")
        if not (0 <= self.price_decimals <= 8 and 0 <= self.qty_decimals <= 8):
            raise ValueError(f"{self.symbol}: at most 8 decimals")
        if not (self.price > 0 and self.qty > 0):
            raise ValueError(f"{self.symbol}: price and qty must be above 0")


NAMED = {
    i.symbol: i
    for i in (
        Instrument(symbol="BTCUSDT", price=60_000.0, price_decimals=2, qty=0.002, qty_decimals=5),
        Instrument(symbol="ETHUSDT", price=2_500.0, price_decimals=2, qty=0.05, qty_decimals=4),
        Instrument(symbol="SOLUSDT", price=150.0, price_decimals=3, qty=1.5, qty_decimals=3),
        Instrument(symbol="BNBUSDT", price=550.0, price_decimals=2, qty=0.4, qty_decimals=3),
        Instrument(symbol="ADAUSDT", price=0.45, price_decimals=5, qty=400.0, qty_decimals=1),
    )
}


def instruments(symbols: int | Sequence[str]) -> tuple[Instrument, ...]:
    """Return that many instruments (BTCUSDT, ETHUSDT, ..., then SIM006USDT on), or those of these names."""
    if isinstance(symbols, int):
        symbols = [*list(NAMED)[:symbols], *(f"SIM{i:03d}USDT" for i in range(len(NAMED) + 1, symbols + 1))]
    return tuple(NAMED.get(name) or Instrument(symbol=name) for name in symbols)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Expected number of faulty records per tick, each from 0 to 0.5.

    Only ``late`` touches the ticks themselves, by delaying some of them; the other faults are additional
    records, so that the ticks of a seed stay the same whatever goes wrong around them.
    """

    late: float = 0.0
    """The tick arrives 2.5 to 20 s after its event time, behind its own closed window."""
    duplicate: float = 0.0
    """The same bytes are sent again, some 50 ms later."""
    corrupt: float = 0.0
    """A broken copy: cut JSON, a NaN price, no price, a price of the wrong type, or binary garbage."""
    future: float = 0.0
    """A copy, without a trade id, whose event time lies 10 to 3,600 s after its arrival."""

    def __post_init__(self) -> None:
        for f in fields(self):
            if not 0.0 <= getattr(self, f.name) <= 0.5:
                raise ValueError(
                    f"{f.name} must be from 0 to 0.5 faults per tick, not {getattr(self, f.name)}"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketSpec:
    """Everything that shapes a simulated stream but the seed and the start."""

    instruments: tuple[Instrument, ...]
    ticks_per_second: float = 5.0
    """Per symbol, averaged over bursts and silences."""
    volatility: float = 0.03
    """Standard deviation of the log price over a day, averaged over the regimes, without the edge."""
    edge: float = 0.0
    """How far recent signed volume tells the sign of the next 60 s, 0 (not at all) to 1; see ``trades``."""
    silence: float = 0.02
    """Share of the time in which a symbol does not trade at all."""
    silence_seconds: float = 15.0
    latency_ms: float = 3.0
    """Mean time from an event to its record, on top of 0.2 ms."""
    faults: Faults = Faults()
    strings: bool = False
    """Write prices and quantities as JSON strings instead of numbers."""

    def __post_init__(self) -> None:
        names = [i.symbol for i in self.instruments]
        if not names or len(set(names)) < len(names):
            raise ValueError("a market needs at least one symbol, and each only once")
        if not 0.0 < self.ticks_per_second <= 1e6:
            raise ValueError(f"ticks_per_second must be above 0 and at most 1e6, not {self.ticks_per_second}")
        if not 0.0 <= self.edge <= 1.0:
            raise ValueError(f"edge must be from 0 to 1, not {self.edge}")
        if not 0.0 <= self.silence <= 0.9:
            raise ValueError(f"silence must be a share from 0 to 0.9, not {self.silence}")
        if not (self.volatility >= 0 and self.silence_seconds > 0 and 0 <= self.latency_ms <= 500):
            raise ValueError("volatility, silence_seconds and latency_ms (at most 500) must not be negative")
