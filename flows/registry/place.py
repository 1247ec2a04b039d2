"""Where the bundles and their registry are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from connectors.settings import settings


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of bundles and the file of the registry."""

    models_dir: Path
    registry: Path


def place() -> Place:
    """Return the place that the settings name."""
    config = settings()
    return Place(config.models_dir, config.registry_file)
