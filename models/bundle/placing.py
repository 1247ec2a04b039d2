"""Between the rows of the stream, which hold every column of the schema, and the columns of one model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.market.schema import NAMES
from models.scoring.model import ModelRows
from models.ticks import Bools, Floats, Ints


def places(features: Sequence[str]) -> Ints:
    """Return where the features stand in a row of the schema."""
    return np.array([NAMES.index(name) for name in features], dtype=np.int64)


def model_rows(x: Floats, features: Sequence[str]) -> ModelRows:
    """Return rows that hold ``x`` in the columns ``features`` and 0 in all others."""
    n = len(x)
    whole = np.zeros((n, len(NAMES)))
    whole[:, places(features)] = x
    nothing = np.zeros(n, dtype=np.int64)
    return ModelRows(whole, nothing, nothing, np.full((n, 3), 1 / 3))


def usable(x: Floats) -> Bools:
    """Return which rows hold finite numbers only; no other row gets an answer."""
    return np.asarray(np.isfinite(x).all(axis=1))
