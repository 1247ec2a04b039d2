"""The shard's table of instruments: a dense integer code for each, in order of first appearance."""

from __future__ import annotations

import numpy as np

from models.ticks import Ints, Symbol


class SymbolTable:
    """Codes for symbols, given in log order, so that they do not depend on how the log is cut."""

    def __init__(self, symbols: list[Symbol] | None = None) -> None:
        self.symbols: list[Symbol] = list(symbols or [])
        self._codes = {symbol: code for code, symbol in enumerate(self.symbols)}
        self.names = self._display()
        self.code_of = {name: code for code, name in enumerate(self.names)}

    def __len__(self) -> int:
        return len(self.symbols)

    def codes(self, local: Ints, symbols: tuple[Symbol, ...], credible: Ints, limit: int) -> Ints:
        """Return the code of each tick, -1 where its symbol is not (yet) known or the table is full.

        ``local`` indexes into ``symbols``, the batch's own table. A new symbol gets its code, and is known,
        from its first tick among ``credible`` (rising places in ``local``) on.
        """
        translation = np.array([self._codes.get(symbol, -1) for symbol in symbols], dtype=np.int64)
        known_from = np.zeros(len(symbols), dtype=np.int64)
        if (translation < 0).any():
            self._admit(local, symbols, credible, limit, translation, known_from)
        return np.where(np.arange(len(local)) >= known_from[local], translation[local], -1)

    def _admit(
        self, local: Ints, symbols: tuple[Symbol, ...], credible: Ints, limit: int, translation: Ints,
        known_from: Ints,
    ) -> None:  # fmt: skip
        present, first = np.unique(local[credible], return_index=True)
        order = np.argsort(first)
        for index, at in zip(present[order].tolist(), credible[first[order]].tolist(), strict=True):
            if translation[index] < 0 and len(self.symbols) < limit:
                translation[index] = self._codes[symbols[index]] = len(self.symbols)
                known_from[index] = at
                self.symbols.append(symbols[index])
        self.names = self._display()
        self.code_of = {name: code for code, name in enumerate(self.names)}

    def _display(self) -> list[str]:
        """Plain names; where two venues share one, the later is qualified by its venue."""
        taken: set[str] = set()
        names = []
        for symbol in self.symbols:
            name = symbol.name if symbol.name not in taken else f"{symbol.venue}:{symbol.name}"
            taken.add(name)
            names.append(name)
        return names
