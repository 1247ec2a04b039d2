"""A stage that begins in the middle of a history, and how long it has known each symbol."""

from __future__ import annotations

import numpy as np

from models.inputs import TickBatch
from models.leakage.altering import only_from
from models.leakage.stage import Stage, Table, table
from models.ticks import Ints, Symbol, Ticks

SECOND = 1_000_000_000
UNKNOWN = 1 << 62


class Young:
    """Sees the ticks from ``from_ts`` (ns) on alone, which must lie behind every tick that came before."""

    def __init__(self, stage: Stage, from_ts: int) -> None:
        self._stage = stage
        self.from_ts = from_ts
        self._last: dict[Symbol, float] = {}
        self._known: dict[Symbol, int] = {}
        self.symbols: list[Symbol] = []
        """The symbol of each code of this stage."""

    def step(self, batch: TickBatch) -> Table:
        """Take the next batch of the history and return the rows that it released."""
        later = only_from(batch, self.from_ts)
        self._learn(later.decoded.ticks)
        closed = self._stage.step([later])
        self.symbols = closed[-1].symbols
        return table(closed)

    def age(self, rows: Table) -> Ints:
        """Return for how many seconds before each row its symbol was known, below 0 for not at all.

        A symbol is known from its first trade on, or from the second after the first whose side is told or
        shows in a move of the price: what came before had a side that only a longer past can tell.
        """
        known = np.array([self._known.get(symbol, UNKNOWN) for symbol in self.symbols], dtype=np.int64)
        return np.asarray(rows.second - known[rows.code])

    def _learn(self, t: Ticks) -> None:
        for local, symbol in enumerate(t.symbols):
            mine = np.flatnonzero(t.symbol == local)
            if symbol in self._known or not len(mine):
                continue
            price, side = t.price[mine], t.side[mine]
            before = np.concatenate([[self._last.get(symbol, price[0])], price[:-1]])
            told = np.flatnonzero((side != 0) | (price != before))
            if len(told):
                second = int(t.ts[mine[told[0]]]) // SECOND
                first = symbol not in self._last and told[0] == 0
                self._known[symbol] = second if first else second + 1
            self._last[symbol] = float(price[-1])
