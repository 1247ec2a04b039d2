"""What the search needs of a learner: the ranges of its parameters, and a fit that can be watched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from models.ticks import Floats

Params = Mapping[str, float]
Watch = Callable[[int, float], bool]
"""Told the step and the validation log-loss after it; True ends the fit, which is then given up."""


class Range(NamedTuple):
    """Where a parameter may lie, both ends included; integers where both ends are."""

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True, slots=True)
class Fitted:
    """A trained model."""

    content: bytes  # in the library's own safe format
    rounds: int
    raw: Callable[[Floats], Floats]  # columns of the model (n, k) to P(up) (n,), not yet calibrated
    importance: Callable[[], Mapping[str, float]]  # by column, in the order of the columns
    importance_kind: str
    fixed: Mapping[str, object]  # parameters that were not searched, for the card


class Learner(Protocol):
    """Trains on fixed examples; equal parameters give equal bytes."""

    @property
    def kind(self) -> str:
        """Return the kind of bundle it makes."""

    @property
    def space(self) -> Mapping[str, Range]:
        """Return the parameters to search."""

    def fit(self, params: Params, watch: Watch | None = None) -> Fitted | None:
        """Train; None where ``watch`` ended it."""
