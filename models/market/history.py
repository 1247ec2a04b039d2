"""Rolling windows over rows of symbols, exact for any block height.

Values are integers and windows are differences of running sums, so a window's sum has the same bits
whether rows came one by one or thousands at a time.
"""

from __future__ import annotations

import numpy as np

from models.market.store import Array, SymbolRows
from models.ticks import Floats, Ints


def extend(rows: SymbolRows, name: str, codes: Ints, new: Array) -> Array:
    """Append ``new`` (symbols, n) to a history column and return past and new side by side.

    The result has shape (symbols, width + n); column ``width + i`` is new value ``i``.
    """
    past = rows[name][codes]
    both = np.concatenate([past, new], axis=1)
    rows[name][codes] = both[:, both.shape[1] - past.shape[1] :]
    return both


def extend_sums(rows: SymbolRows, name: str, codes: Ints, new: Ints) -> Ints:
    """Append running sums of ``new`` to a history column of running sums; as :func:`extend`."""
    return extend(rows, name, codes, rows[name][codes, -1:] + np.cumsum(new, axis=1))


def lag(both: Array, n: int, steps: int) -> Array:
    """Return the value ``steps`` rows before each of the last ``n`` columns."""
    end = both.shape[1] - steps
    return both[:, end - n : end]


def window_sum(sums: Ints, n: int, span: int) -> Ints:
    """Return the sum over the ``span`` rows up to and including each of the last ``n``."""
    return np.asarray(lag(sums, n, 0) - lag(sums, n, span))


def window_max(both: Floats, n: int, span: int) -> Floats:
    """Return the maximum over the ``span`` rows up to and including each of the last ``n``."""
    recent = both[:, both.shape[1] - n - span + 1 :]
    if n == 1:  # the live case: making the view costs more than the maximum
        return np.asarray(recent.max(axis=1, keepdims=True))
    return np.asarray(np.lib.stride_tricks.sliding_window_view(recent, span, axis=1).max(axis=2))
