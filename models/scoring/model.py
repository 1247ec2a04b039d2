"""The one interface of every model: rows in, calibrated probabilities of an up move out."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np

from models.ticks import Floats, Ints

HORIZON_S = 60


@dataclass(frozen=True, slots=True)
class ModelRows:
    """Feature rows of any height n, from any shards."""

    x: Floats  # (n, columns of schema.NAMES), float64, C order
    second: Ints  # (n,) the closed second
    phase: Ints  # (n,) a number that is stable for a symbol
    weights: Floats  # (n, 3) of the RSI, MACD and trend parts, summing to 1

    def __len__(self) -> int:
        return len(self.second)

    @staticmethod
    def join(parts: list[ModelRows]) -> ModelRows:
        """Concatenate in order."""
        return ModelRows(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(ModelRows)))


class Model(Protocol):
    """A model is frozen: equal rows give equal bits, alone or in a batch of any height."""

    @property
    def name(self) -> str:
        """Return the name by which ``model.select`` knows it."""

    @property
    def version(self) -> str:
        """Return the version that goes into every record it scored."""

    def predict(self, rows: ModelRows) -> Floats:
        """Return P(price is higher one horizon later), shape (n,), float64 in [0, 1]."""


class Trained(Model, Protocol):
    """A model from a bundle."""

    @property
    def policy(self) -> tuple[float, float]:
        """Return the thresholds it was calibrated for: entry, exit."""
