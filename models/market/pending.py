"""Accepted ticks whose second is still open, and the duplicates among them.

Whole ticks are kept, not partial sums: a bar is then computed once, from all of its ticks in log order,
and cannot depend on how they arrived. A duplicate is a tick with the symbol, second and trade id of an
earlier accepted one; a repeat of a closed second is late instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from models.ticks import NO_ID, Bools, Floats, Ints

MOST_PARTS = 16
"""Small pieces that are kept apart: each is looked at with every batch, and all are joined at a close."""


@dataclass(frozen=True, slots=True)
class Trades:
    """Accepted ticks as parallel columns, in log order."""

    code: Ints
    second: Ints
    ts: Ints
    price: Floats
    lots: Ints  # quantity in the symbol's lots
    side: Ints
    trade_id: Ints

    def __len__(self) -> int:
        return len(self.code)

    def where(self, mask: Bools | Ints) -> Trades:
        """Return the selected ticks."""
        return Trades(*(getattr(self, field.name)[mask] for field in fields(self)))

    @staticmethod
    def join(parts: Sequence[Trades]) -> Trades:
        """Concatenate in order."""
        return Trades(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Trades)))

    @staticmethod
    def empty() -> Trades:
        """Return no ticks."""
        none = np.empty(0, dtype=np.int64)
        return Trades(none, none, none, np.empty(0), none, none, none)


class OpenTicks:
    """The ticks of open seconds of one shard."""

    def __init__(self, saved: Trades | None = None) -> None:
        self._parts: list[Trades] = [saved] if saved is not None and len(saved) else []

    def duplicates(self, new: Trades, highest: Ints) -> Bools:
        """Return which of ``new`` repeat an earlier tick; raise ``highest`` (by code) to the ids seen."""
        known = np.flatnonzero(new.trade_id != NO_ID)
        order = known[np.argsort(new.code[known].astype(np.uint16), kind="stable")]
        code, ids = new.code[order], new.trade_id[order]
        before = np.where(np.diff(code, prepend=-1) == 0, np.roll(ids, 1), highest[code])
        rising = bool((ids > before).all())
        np.maximum.at(highest, code, ids)
        return np.zeros(len(new), dtype=np.bool_) if rising else self._search(new)

    def _search(self, new: Trades) -> Bools:
        """Find repeats exactly, where ids are not simply rising."""
        seen = Trades.join([*self._parts, new]) if self._parts else new
        keys = np.rec.fromarrays([seen.code, seen.second, seen.trade_id])
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        repeat = (first[inverse] != np.arange(len(seen))) & (seen.trade_id != NO_ID)
        return np.asarray(repeat[len(seen) - len(new) :])

    def add(self, new: Trades) -> None:
        """Keep accepted ticks."""
        if len(new):
            self._parts.append(new)
        if len(self._parts) > MOST_PARTS:
            self._parts = [Trades.join(self._parts)]

    def take(self, closed_to: Ints) -> Trades:
        """Remove and return the ticks of closed seconds; ``closed_to`` is by symbol code."""
        if not any((part.second < closed_to[part.code]).any() for part in self._parts):
            return Trades.empty()
        every = Trades.join(self._parts)
        done = every.second < closed_to[every.code]
        self._parts = [every.where(~done)] if not done.all() else []
        return every.where(done)

    def snapshot(self) -> Trades:
        """Return all kept ticks as one value."""
        return Trades.join(self._parts) if self._parts else Trades.empty()
