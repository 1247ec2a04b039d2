"""The stretch of time a part of the data covers, and each symbol's figures in it, for the card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.ticks import Floats, Ints
from models.training.judging.metrics import NoRowsError, measure
from models.training.snapshot import moment


@dataclass(frozen=True, slots=True)
class Window:
    """First and last moment of a part (ISO 8601, UTC), its rows, and those of them with an outcome."""

    start: str
    end: str
    seconds: int
    rows: int
    labelled: int

    @staticmethod
    def of(second: Ints, outcome: npt.NDArray[np.int8]) -> Window:
        """Return the window of rows of these closed seconds; raises NoRowsError where there are none."""
        if not len(second):
            raise NoRowsError(NoRowsError.__doc__)
        start, end = int(second.min()), int(second.max()) + 1
        labelled = int((outcome >= 0).sum())
        return Window(moment(start), moment(end), end - start, len(second), labelled)

    def as_dict(self) -> dict[str, Any]:
        """Return it as it stands in a card."""
        return asdict(self)


def by_symbol(
    symbols: Sequence[str],
    outcome: npt.NDArray[np.int8],
    prob: Floats,
    second: Ints,
    code: Ints,
    *,
    horizon_s: int,
    entry: float,
    exit: float,
    seed: int,
) -> list[dict[str, Any]]:
    """Return the card's table, a line for each symbol with rows, by name; figures may be None."""
    lines = []
    for place in sorted(np.unique(code).tolist(), key=symbols.__getitem__):
        mine = code == place
        line = {
            "symbol": symbols[place],
            "rows": int(mine.sum()),
            "labelled": int((outcome[mine] >= 0).sum()),
        }
        columns = (outcome[mine], prob[mine], second[mine], code[mine])
        lines.append(line | _figures(columns, horizon_s=horizon_s, entry=entry, exit=exit, seed=seed))
    return lines


_FIGURES = ("base", "accuracy", "hit_rate", "auc", "brier", "log_loss", "ece", "ece_floor")


def _figures(columns: tuple[Any, ...], **how: Any) -> dict[str, Any]:
    try:
        found = measure(*columns, **how).as_dict()
    except NoRowsError:
        return dict.fromkeys(_FIGURES)
    return {name: found[name] for name in _FIGURES}
