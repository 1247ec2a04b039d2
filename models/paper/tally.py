"""What became of closed positions: counts, profits and fees, in all, by symbol and by model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.paper.money import UNIT, amount_text, half_even
from models.paper.order import Fill

_COUNTERS = ("trades", "wins", "realised", "fees")


class Tally:
    """Running sums. A trade is a position closed in full; one with a profit after all fees is a win."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        kept = saved or {}
        self._all: list[int] = list(kept.get("all", (0, 0, 0, 0)))
        self._percent: int = kept.get("percent", 0)  # sum over trades, in 1e-8 %
        self._by: list[dict[str, list[int]]] = [
            {name: list(sums) for name, sums in kept.get(by, {}).items()} for by in ("symbol", "model")
        ]

    def snapshot(self) -> dict[str, Any]:
        """Return the sums as plain data."""
        symbol, model = ({name: list(sums) for name, sums in found.items()} for found in self._by)
        return {"all": list(self._all), "percent": self._percent, "symbol": symbol, "model": model}

    @property
    def trades(self) -> int:
        """Return how many positions were closed."""
        return self._all[0]

    @property
    def wins(self) -> int:
        """Return how many of them made a profit."""
        return self._all[1]

    @property
    def realised(self) -> int:
        """Return the profit of all that was sold, after the fees of both sides."""
        return self._all[2]

    @property
    def win_rate(self) -> float | None:
        """Return the share of wins, None without a trade."""
        return self.wins / self.trades if self.trades else None

    @property
    def average_pct(self) -> float | None:
        """Return the mean profit of a trade in percent of what was bought, None without a trade."""
        return self._percent / (self.trades * UNIT) if self.trades else None

    def count(self, symbol: str, model: str, fill: Fill) -> None:
        """Count a fill of a position that ``model`` opened."""
        trip = fill.trip
        win = trip is not None and trip.profit > 0
        found = (int(trip is not None), int(win), fill.realised or 0, fill.fee)
        for sums in (
            self._all,
            *(by.setdefault(n, [0] * 4) for by, n in zip(self._by, (symbol, model), strict=True)),
        ):
            sums[:] = [total + more for total, more in zip(sums, found, strict=True)]
        if trip is not None:
            self._percent += half_even(trip.profit * 100 * UNIT, trip.bought)

    def by_symbol(self) -> dict[str, dict[str, int | str]]:
        """Return the sums of each symbol, JSON-ready."""
        return {name: _plain(sums) for name, sums in sorted(self._by[0].items())}

    def by_model(self) -> dict[str, dict[str, int | str]]:
        """Return the sums of each model, JSON-ready; commands stand under their own name."""
        return {name: _plain(sums) for name, sums in sorted(self._by[1].items())}


def _plain(sums: list[int]) -> dict[str, int | str]:
    trades, wins, realised, fees = sums
    return {"trades": trades, "wins": wins, "realised": amount_text(realised), "fees": amount_text(fees)}
