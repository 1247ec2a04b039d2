"""What was decided, second by second and symbol by symbol, as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from models.market.store import Array
from models.ticks import Bools, Floats, Ints

DTYPES: Mapping[str, str] = {
    "second": "i8", "code": "i4", "price": "f8", "open": "f8", "wanted": "i1", "signal": "i1",
    "reason": "i1", "prob": "f8", "fallback": "?",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decided:
    """Rows ordered by (second, code); parallel columns of the types in ``DTYPES``."""

    second: Ints  # the closed second; the window ends one second later
    code: npt.NDArray[np.int32]  # of the symbol, in the shard
    price: Floats  # last trade, carried forward
    open: Floats  # first trade of the second, NaN where nothing traded
    wanted: npt.NDArray[np.int8]  # SELL, HOLD or BUY: what the thresholds alone say
    signal: npt.NDArray[np.int8]  # what the gate made of it
    reason: npt.NDArray[np.int8]  # index into gate.REASONS
    prob: Floats  # never NaN
    fallback: Bools  # the fallback model answered

    def __len__(self) -> int:
        return len(self.second)

    def where(self, places: Bools | Ints | slice) -> Decided:
        """Return the rows at ``places``: a mask, indices or a slice."""
        return Decided(*(getattr(self, f.name)[places] for f in fields(self)))

    def columns(self) -> dict[str, Array]:
        """Return the columns by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def of_columns(columns: Mapping[str, Array]) -> Decided:
    """Return rows from columns by name, in the types they have here."""
    return Decided(*(np.asarray(columns[name]).astype(dtype) for name, dtype in DTYPES.items()))


def nothing() -> Decided:
    """Return no rows."""
    return Decided(*(np.empty(0, dtype) for dtype in DTYPES.values()))


def joined(parts: Sequence[Decided]) -> Decided:
    """Concatenate in order."""
    return Decided(*(np.concatenate([getattr(part, name) for part in parts]) for name in DTYPES))
