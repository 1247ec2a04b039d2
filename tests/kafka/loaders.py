"""Loaders of bundles that are there at once, or not at all."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.bundles.background import BackgroundLoader
from models.scoring.model import Model, ModelRows, Trained
from models.ticks import Floats

DIGEST = "ab" * 32


class MissingError(Exception):
    """There is no such bundle."""

    reason, detail = "missing", "no folder has this digest"


class Always:
    """A trained model that always says the same."""

    def __init__(self, name: str, probability: float, policy: tuple[float, float] = (0.6, 0.4)) -> None:
        self.name, self.version, self.policy = name, f"{name}-1", policy
        self._probability = probability

    def predict(self, rows: ModelRows) -> Floats:
        """Return the constant."""
        return rows.x[:, 0] * 0.0 + self._probability


def loader_of(
    bundles: Mapping[str, Trained] | None = None, models: dict[str, Model] | None = None
) -> BackgroundLoader:
    """Return a loader that has these bundles, by reference; it fills ``models``."""
    kept = {} if bundles is None else bundles

    def load(reference: str) -> Trained:
        if reference not in kept:
            raise MissingError
        return kept[reference]

    return BackgroundLoader({} if models is None else models, load)
