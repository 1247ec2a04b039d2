"""The sweep for the thresholds of the signal: what each pair would have earned after costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from models.bundle.manifest import Policy
from models.ticks import Floats
from models.training.judging.profit import Costs, Outcome, path, trade
from models.training.rows import Rows

DEFAULT = Policy(0.55, 0.45)
ENTRIES = tuple(np.arange(0.525, 0.801, 0.025).round(3).tolist())
EXITS = tuple(np.arange(0.2, 0.501, 0.025).round(3).tolist())
LEAST_TRADES = 20
"""A pair with fewer trades is luck, whatever it earned."""


class Cell(NamedTuple):
    """A pair of thresholds and what it did."""

    policy: Policy
    outcome: Outcome

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for the card."""
        return {**self.policy._asdict(), **self.outcome.as_dict()}


@dataclass(frozen=True, slots=True)
class Sweep:
    """The chosen thresholds, why, and all that was tried."""

    policy: Policy
    profitable: bool
    why: str
    costs: Costs
    least_trades: int
    cells: tuple[Cell, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for the card."""
        return {
            **self.policy._asdict(),
            "profitable": self.profitable,
            "why": self.why,
            "costs": self.costs._asdict(),
            "least_trades": self.least_trades,
            "sweep": [cell.as_dict() for cell in self.cells],
        }


def sweep(rows: Rows, prob: Floats, costs: Costs, least_trades: int = LEAST_TRADES) -> Sweep:
    """Return the pair that nets most on these rows, or the default where none earns anything after costs.

    ``rows`` are all rows of the stretch, also those without a label, so that a position has its true way.
    The best of many pairs looks better than it is: its figures on later rows are the ones to believe.
    """
    way = path(rows)
    cells = tuple(
        Cell(Policy(entry, leave), trade(way, prob, entry, leave, costs))
        for entry in ENTRIES
        for leave in EXITS
    )
    enough = [cell for cell in cells if cell.outcome.trades >= least_trades]
    best = max(enough, key=lambda cell: cell.outcome.net, default=None)
    if best is not None and best.outcome.net > 0:
        why = f"most net profit of {len(enough)} pairs with at least {least_trades} trades"
        return Sweep(best.policy, True, why, costs, least_trades, cells)
    return Sweep(DEFAULT, False, _unprofitable(best, least_trades), costs, least_trades, cells)


def _unprofitable(best: Cell | None, least_trades: int) -> str:
    if best is None:
        return f"no pair makes {least_trades} trades; these are the default thresholds"
    return (
        f"no pair with at least {least_trades} trades earns anything after costs (the best, "
        f"{best.policy.entry:g}/{best.policy.exit:g}, nets {best.outcome.net:+.4f} in "
        f"{best.outcome.trades} trades); these are the default thresholds"
    )
