"""Which models have a training to compare the present with."""

from __future__ import annotations

from collections.abc import Mapping

from models.monitor.drift.reference import DriftReference
from models.scoring.model import Model


def drift_reference(models: Mapping[str, Model], reference: str) -> DriftReference | None:
    """Return how a model's features were spread in training, None for models without any."""
    found: DriftReference | None = getattr(models.get(reference), "drift", None)
    return found
