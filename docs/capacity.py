"""What ``docs/capacity.md`` computes: the load of Binance's whole spot feed, and the cores it keeps busy.

Computed from ``benchmarks/results.json`` and from what is publicly known of the feed. A tick costs a core
some time, and so does every second of a symbol, which is a row whether it traded or not; both follow from the
two speeds that were measured on one core, of a dense market and of one as sparse as the recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

Row = Mapping[str, Any]

PAIRS = 1_630
DAY_USD = 20e9
TRADE_USD = 2_727_915 / 15_726
PEAK_HOUR = 54
_SPEED = re.compile(r"Kafka → signals, (dense|recorded) ([\d.]+)")


class Load(NamedTuple):
    """What comes in: trades a second over all pairs, and pairs, each of which is a row a second."""

    what: str
    ticks: float
    pairs: int


MEAN = DAY_USD / TRADE_USD / 86_400
PEAK = MEAN * PEAK_HOUR
LOADS = (
    Load("a mean day", MEAN, PAIRS),
    Load("the peak hour", PEAK, PAIRS),
    Load("ten times the trades of the peak hour", 10 * PEAK, PAIRS),
    Load("ten times the trades and the pairs", 10 * PEAK, 10 * PAIRS),
)


class Speed(NamedTuple):
    """Ticks a second of one core, at so many ticks per symbol and second."""

    density: float
    rate: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What the page needs of the results; None where they do not have it."""

    dense: Speed
    recorded: Speed
    live: float | None  # cost of a row where a shard closes one second at a time, to that in a backlog
    row_bytes: float | None
    symbol_bytes: float | None

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Measured:
        """Return it; raise ``ValueError`` where the two speeds are not among the rows."""
        found = list(rows)
        speeds = {
            m[1]: Speed(float(m[2]), row["ours"]) for row in found if (m := _SPEED.fullmatch(row["name"]))
        }
        if speeds.keys() != {"dense", "recorded"}:
            raise ValueError("benchmarks/results.json has not both speeds of catching up: make bench")
        kb = _of(found, "memory of a symbol")
        return cls(
            **speeds,
            live=_of(found, "a symbol's second, live", "", "ratio"),
            row_bytes=_of(found, "a symbol's second", "published"),
            symbol_bytes=kb and kb * 1e3,
        )

    @property
    def row_s(self) -> float:
        """Return the core's seconds of a symbol's second."""
        more = 1 / self.recorded.rate - 1 / self.dense.rate
        return more / (1 / self.recorded.density - 1 / self.dense.density)

    @property
    def tick_s(self) -> float:
        """Return the core's seconds of a tick."""
        return max(1 / self.dense.rate - self.row_s / self.dense.density, 0.0)

    def busy(self, load: Load) -> float:
        """Return how many cores a load keeps busy."""
        return load.ticks * self.tick_s + load.pairs * self.row_s * (self.live or 1.0)


def _of(rows: Iterable[Row], begins: str, ends: str = "", figure: str = "ours") -> float | None:
    """Return a figure of the row that is called so, None where there is none."""
    names = ((row["name"], row) for row in rows)
    return next((row[figure] for name, row in names if name.startswith(begins) and name.endswith(ends)), None)
