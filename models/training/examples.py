"""What a learner learns from: labelled rows, reduced to the columns of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.market.schema import NAMES
from models.ticks import Floats
from models.training.rows import Rows


@dataclass(frozen=True, slots=True)
class Examples:
    """n examples of the columns ``names``."""

    names: tuple[str, ...]
    x: Floats  # (n, names), C order
    label: npt.NDArray[np.int8]  # 1 up, 0 down
    realised: Floats

    def __len__(self) -> int:
        return len(self.label)

    @property
    def up_share(self) -> float:
        """Return the share of ups; 0.5 without examples."""
        return float(self.label.mean()) if len(self) else 0.5

    def thinned(self, most: int) -> Examples:
        """Return every k-th example, k the least that leaves at most ``most``.

        Neighbouring seconds share all but one second of their label, so little is lost.
        """
        step = -(-len(self) // most)
        return Examples(self.names, self.x[::step], self.label[::step], self.realised[::step])


def examples(rows: Rows, names: Sequence[str]) -> Examples:
    """Return the labelled rows as examples."""
    kept = rows.labelled()
    columns = [NAMES.index(name) for name in names]
    return Examples(tuple(names), np.ascontiguousarray(kept.x[:, columns]), kept.label, kept.realised)
