"""What a check found to be different that must be the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from models.leakage.stage import COLUMNS, Table


class Finding(NamedTuple):
    """A value of a row that depends on what it must not depend on."""

    check: str  # cut, changed or label
    symbol: str
    ts: int  # window end of the row, ns
    column: str
    expected: float | None  # None: no such row, or no number
    found: float | None


def differences(check: str, expected: Table, found: Table, names: Sequence[str]) -> Iterator[Finding]:
    """Yield every value of two tables that is not the same to the bit, in the order of time."""
    if not (np.array_equal(expected.code, found.code) and np.array_equal(expected.second, found.second)):
        yield _other_rows(check, expected, found, names)
        return
    differ = expected.values.view(np.int64) != found.values.view(np.int64)
    for row, column in np.argwhere(differ).tolist():
        ts = (int(expected.second[row]) + 1) * 1_000_000_000
        values = (float(table.values[row, column]) for table in (expected, found))
        yield Finding(check, names[expected.code[row]], ts, COLUMNS[column], *map(_plain, values))


def _other_rows(check: str, expected: Table, found: Table, names: Sequence[str]) -> Finding:
    """Return the first row that only one of the tables has."""
    keys = [{*zip(t.second.tolist(), t.code.tolist(), strict=True)} for t in (expected, found)]
    second, code = min(keys[0] ^ keys[1])
    here = (second, code) in keys[0]
    ts = (second + 1) * 1_000_000_000
    return Finding(check, names[code], ts, "row", 1.0 if here else None, None if here else 1.0)


def _plain(value: float) -> float | None:
    return value if np.isfinite(value) else None
