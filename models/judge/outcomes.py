"""Predictions meet their outcomes one horizon later, by model, and those that were published are counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from models.market.block import DOWN, STALE, TIE, UP, Block
from models.ticks import Floats, Ints

COUNTED = ("matured", "hits", "ties", "stale")
PUBLISHED = ""
"""Stands among the models for the answers that counted, whoever gave them."""


class Pending(NamedTuple):
    """Published predictions whose outcome has not come, and the age of the oldest of them in seconds."""

    waiting: int = 0
    oldest_s: int = 0


NOTHING_PENDING = Pending()


class Outcomes:
    """What each model said of each symbol in the last horizon: 8 bytes a second, model and symbol."""

    def __init__(self, horizon: int, saved: Mapping[str, Any] | None = None) -> None:
        saved = saved or {}
        self._horizon = horizon
        self._said: dict[str, Floats] = {name: said.copy() for name, said in saved.get("said", {}).items()}
        self._last: Ints = saved["last"].copy() if saved else np.zeros(0, dtype=np.int64)
        self.counts: dict[str, int] = dict(saved.get("counts", dict.fromkeys(COUNTED, 0)))

    def meet(self, block: Block, said: Mapping[str, Floats]) -> dict[str, Floats]:
        """Return, by model, what it had said of each row one horizon before; keep what it says now.

        Columns have one entry a row of the block, NaN where a model said nothing.
        """
        self._grow(int(block.code.max(initial=-1)) + 1)
        self._know(said)
        nothing = np.full(len(block), np.nan)
        before = {name: nothing.copy() for name in self._said}
        for rows in self._turns(block.second):
            place = block.code[rows], block.second[rows] % self._horizon
            for name, kept in self._said.items():
                before[name][rows] = kept[place]
                kept[place] = said.get(name, nothing)[rows]
        np.maximum.at(self._last, block.code, block.second)
        self._count(block.outcome, before[PUBLISHED])
        self._drop(said)
        return before

    def _turns(self, second: Ints) -> Iterable[Ints]:
        """Yield rows in parts within which no place is used twice."""
        turn = (second - second.min(initial=0)) // self._horizon
        return (np.flatnonzero(turn == t) for t in np.unique(turn))

    def pending(self) -> Pending:
        """Return what still waits for its outcome."""
        code, slot = np.nonzero(np.isfinite(self._said.get(PUBLISHED, np.empty((0, self._horizon)))))
        age = (self._last[code] - slot) % self._horizon
        return Pending(len(code), int(age.max(initial=0)))

    def forget(self, code: int) -> None:
        """Wait no longer for a symbol whose rows have ended."""
        for said in self._said.values():
            said[code : code + 1] = np.nan

    def _count(self, outcome: npt.NDArray[np.int8], said: Floats) -> None:
        up, down = outcome == UP, outcome == DOWN
        self.counts["matured"] += int((up | down).sum())
        self.counts["hits"] += int((up & (said >= 0.5)).sum() + (down & (said < 0.5)).sum())
        self.counts["ties"] += int((outcome == TIE).sum())
        self.counts["stale"] += int((outcome == STALE).sum())

    def _know(self, names: Iterable[str]) -> None:
        for name in (PUBLISHED, *names):
            if name not in self._said:
                self._said[name] = np.full((len(self._last), self._horizon), np.nan)

    def _drop(self, names: Mapping[str, Floats]) -> None:
        """Forget models that nobody has asked for a whole horizon."""
        for name in self._said.keys() - {PUBLISHED, *names}:
            if not np.isfinite(self._said[name]).any():
                del self._said[name]

    def _grow(self, count: int) -> None:
        missing = count - len(self._last)
        if missing > 0:
            more = max(missing, len(self._last))
            blank = np.full((more, self._horizon), np.nan)
            self._said = {name: np.concatenate([said, blank]) for name, said in self._said.items()}
            self._last = np.concatenate([self._last, np.zeros(more, dtype=np.int64)])

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        said = {name: said.copy() for name, said in self._said.items()}
        return {"said": said, "last": self._last.copy(), "counts": dict(self.counts)}
