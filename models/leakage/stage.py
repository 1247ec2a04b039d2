"""What is checked: a stage from ticks to rows, and its rows as one table whose bits can be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from models.inputs import Input
from models.market.block import Block, Closed
from models.market.schema import NAMES
from models.ticks import Bools, Floats, Ints

COLUMNS = (*NAMES, "price", "age", "outcome", "realised")
"""What a row says: its features, its price and age, and the outcome of the row one horizon earlier."""


class Stage(Protocol):
    """The part of Market that the checks need."""

    def step(self, inputs: Iterable[Input]) -> list[Closed]:
        """Take inputs in order and return what each released."""

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state, from which a stage can go on."""


StageMaker = Callable[[dict[str, Any] | None], Stage]
"""Returns a new stage, or one that goes on from a snapshot."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows ordered by (second, code); parallel columns."""

    code: Ints
    second: Ints  # the closed second; the window ends one second later
    offset: Ints  # next tick offset after the record that released the row
    values: Floats  # (n, columns of COLUMNS)

    def __len__(self) -> int:
        return len(self.code)

    def where(self, places: Bools | Ints) -> Table:
        """Return the rows at ``places``, an index or a mask."""
        return Table(self.code[places], self.second[places], self.offset[places], self.values[places])


def table(closed: Sequence[Closed]) -> Table:
    """Return all rows that were released."""
    blocks = [one.block for one in closed if one.block is not None]
    if not blocks:
        nothing = np.empty(0, dtype=np.int64)
        return Table(nothing, nothing, nothing, np.empty((0, len(COLUMNS))))
    rows = Table(
        code=np.concatenate([block.code for block in blocks]),
        second=np.concatenate([block.second for block in blocks]),
        offset=np.concatenate([block.offset for block in blocks]),
        values=np.concatenate([_values(block) for block in blocks]),
    )
    return rows.where(np.lexsort((rows.code, rows.second)))


def _values(block: Block) -> Floats:
    return np.column_stack([block.x, block.price, block.age, block.outcome, block.realised])


def names_of(closed: Sequence[Closed]) -> Sequence[str]:
    """Return the symbol of each code as known at the end."""
    return closed[-1].names if closed else ()
