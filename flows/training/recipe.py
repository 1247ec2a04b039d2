"""What was asked of a training run, and what identifies it: plain values that are kept to resume it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from models.scoring.model import HORIZON_S
from models.training.judging.policy import LEAST_TRADES
from models.training.judging.profit import Costs
from models.training.learning.search import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to train."""

    name: str
    kind: str = "lightgbm"
    trials: int = 200
    seed: int = 0
    horizon_s: int = HORIZON_S
    profit_weight: float = 0.01
    taker_bps: float = 15.0
    slippage_bps: float = 5.0
    least_trades: int = LEAST_TRADES

    @property
    def costs(self) -> Costs:
        """Return what a side of a trade costs."""
        return Costs(self.taker_bps, self.slippage_bps)

    @property
    def plan(self) -> Plan:
        """Return what fixes the trials of the search."""
        return Plan(trials=self.trials, seed=self.seed, weight=self.profit_weight, costs=self.costs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A recipe with its data and its id."""

    recipe: Recipe
    run_id: str
    created: str  # ISO 8601, UTC
    sources: Sequence[Mapping[str, Any]]

    @property
    def simulated(self) -> bool:
        """Return whether the ticks come from the simulator."""
        return any("simulated" in source for source in self.sources)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)

    @staticmethod
    def from_dict(raw: Mapping[str, Any]) -> Run:
        """Return the run that ``as_dict`` told."""
        return Run(**{**raw, "recipe": Recipe(**raw["recipe"])})
