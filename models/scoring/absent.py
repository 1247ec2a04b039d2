"""The place of a bundle that is lost, until the journal says so."""

from __future__ import annotations

import numpy as np

from models.scoring.model import ModelRows
from models.ticks import Floats


class Absent:
    """Has no answer; the fallback answers for it, flagged, but that opens no episode.

    It scores rows that a process took in before it died, and whose bundle is gone at the next start. Most of
    their records are published and not published again, so there must be as many as before: an event more
    would shift what is numbered behind it. The news that the bundle is lost stands right behind these rows.
    """

    def __init__(self, reference: str) -> None:
        self.name = reference
        self.version = "absent"

    def predict(self, rows: ModelRows) -> Floats:
        """Return NaN, shape (n,)."""
        return np.full(len(rows), np.nan)
