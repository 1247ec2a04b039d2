"""What a soak is: how long, how fast, on which symbols, and when it is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

DAY_H = 24.0
MARKS_H = (1.0, 6.0, 12.0, 24.0)
"""S324: T+1h, T+6h, T+12h, T+24h; of a shorter soak the same shares of its time."""
DRILL_AT = 0.98
"""Share of the time at which a kill and its end are tried: its time belongs to the gate."""
SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT", "ADAUSDT")


class Mark(NamedTuple):
    """A checkpoint: its name in a day, and the second of the soak at which it is."""

    name: str
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One soak; ``hours`` are the market's, of which ``speed`` pass in one of the clock."""

    hours: float
    speed: float
    profile: str
    gate: str
    symbols: tuple[str, ...] = SYMBOLS
    rate: float = 5.0
    model: str = "ml-fusion"
    seed: int = 1

    @property
    def seconds(self) -> float:
        """Return how long it is, in the market's time."""
        return self.hours * 3_600

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Return its checkpoints, in order."""
        return tuple(Mark(f"T+{hour:g}h", hour / DAY_H * self.seconds) for hour in MARKS_H)
