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

    def __len__(self) -> int:
        return len(self.symbols)

    def codes(self, local: Ints, symbols: tuple[Symbol, ...], limit: int) -> Ints:
        """Return the code of each tick, -1 where the table is full; new symbols get theirs in tick order.

        ``local`` indexes into ``symbols``, the batch's own table.
        """
        translation = np.array([self._codes.get(symbol, -1) for symbol in symbols], dtype=np.int64)
        if (translation < 0).any():
            self._admit(local, symbols, translation, limit)
        return translation[local]

    def _admit(self, local: Ints, symbols: tuple[Symbol, ...], translation: Ints, limit: int) -> None:
        present, first = np.unique(local, return_index=True)
        for index in present[np.argsort(first)].tolist():
            if translation[index] < 0 and len(self.symbols) < limit:
                translation[index] = self._codes[symbols[index]] = len(self.symbols)
                self.symbols.append(symbols[index])
        self.names = self._display()

    def _display(self) -> list[str]:
        """Plain names; where two venues share one, the later is qualified by its venue."""
        taken: set[str] = set()
        names = []
        for symbol in self.symbols:
            name = symbol.name if symbol.name not in taken else f"{symbol.venue}:{symbol.name}"
            taken.add(name)
            names.append(name)
        return names
