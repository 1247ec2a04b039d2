"""What became of the price one horizon after each row: the label of the prediction made there.

Up is 1, down 0; a tie, or a price older than ``max_age`` at either end, gives no label and is counted.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.market.block import DOWN, STALE, TIE, UNKNOWN, UP
from models.market.features import LOG_UNIT
from models.market.history import extend, lag
from models.market.store import Column, SymbolRows
from models.ticks import Floats, Ints


def columns(horizon: int) -> dict[str, Column]:
    """Return the state columns needed for a horizon in seconds."""
    return {
        "outcome_close": Column("i8", horizon, 0),
        "outcome_age": Column("f8", horizon, np.nan),
    }


def mature(
    rows: SymbolRows, codes: Ints, log_close: Ints, age: Floats, horizon: int, max_age: float
) -> tuple[npt.NDArray[np.int8], Floats]:
    """Return outcome and realised log return of the rows ``horizon`` seconds before these.

    ``log_close`` (1e-12) and ``age`` (seconds since the last trade) have shape (symbols, n).
    """
    n = log_close.shape[1]
    move = log_close - lag(extend(rows, "outcome_close", codes, log_close), n, horizon)
    age_then = lag(extend(rows, "outcome_age", codes, age), n, horizon)
    unknown = np.isnan(age_then)
    stale = ~unknown & ((age_then > max_age) | (age > max_age))
    label = np.select([unknown, stale, move == 0, move > 0], [UNKNOWN, STALE, TIE, UP], DOWN)
    return label.astype(np.int8), np.where(unknown | stale, np.nan, move * LOG_UNIT)
