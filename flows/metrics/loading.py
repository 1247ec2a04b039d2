"""How long trained models took to load."""

from __future__ import annotations

import time
from collections.abc import Callable

from models.desk.references import name_of
from models.scoring.model import Trained


class Timed:
    """Loads bundles by ``load`` and keeps by model how many seconds the last one took."""

    def __init__(self, load: Callable[[str], Trained]) -> None:
        self._load = load
        self.seconds: dict[str, float] = {}

    def __call__(self, reference: str) -> Trained:
        """Load a bundle."""
        began = time.perf_counter()
        found = self._load(reference)
        self.seconds = {**self.seconds, name_of(reference): time.perf_counter() - began}
        return found
