"""Codes of instruments and the names shown for them."""

from __future__ import annotations

import numpy as np

from models.market.symbols import SymbolTable
from models.ticks import Symbol

A, B, C = Symbol("binance", "A"), Symbol("binance", "B"), Symbol("bybit", "A")


def codes(
    table: SymbolTable,
    local: list[int],
    symbols: tuple[Symbol, ...],
    *,
    credible: list[int] | None = None,
    limit: int = 9,
) -> list[int]:
    """Return the codes of ticks given by their place in a batch's own table; all credible unless said."""
    ticks = np.array(local, dtype=np.int64)
    chosen = np.arange(len(ticks)) if credible is None else np.array(credible, dtype=np.int64)
    return table.codes(ticks, symbols, chosen, limit).tolist()  # type: ignore[no-any-return]


def test_codes_are_given_in_the_order_of_ticks_not_of_the_batchs_table() -> None:
    """So that they do not depend on how a codec numbers its batch."""
    table = SymbolTable()

    assert codes(table, [2, 0, 2, 1], (A, B, C)) == [0, 1, 0, 2]
    assert table.symbols == [C, A, B]


def test_a_symbol_of_the_batchs_table_without_a_tick_gets_no_code() -> None:
    """It may only have been seen in a refused item."""
    table = SymbolTable()

    codes(table, [1], (A, B))

    assert table.symbols == [B]


def test_a_symbol_is_known_from_its_first_credible_tick_on() -> None:
    """A tick from the far future neither takes a place in the table nor belongs to anyone before that."""
    table = SymbolTable()

    assert codes(table, [0, 1, 0, 0], (A, B), credible=[1, 2]) == [-1, 0, 1, 1]
    assert codes(table, [0, 1], (A, C), credible=[]) == [1, -1]
    assert table.symbols == [B, A]


def test_codes_stay_across_batches_and_restarts() -> None:
    """A table is rebuilt from its list, and grows alone."""
    table = SymbolTable()
    codes(table, [0, 1], (B, A))

    again = SymbolTable(table.symbols)

    assert codes(again, [0, 1, 2], (A, B, C)) == [1, 0, 2]
    assert len(table) == 2


def test_a_full_table_takes_no_more_but_still_knows_its_own() -> None:
    """Whoever came first stays."""
    table = SymbolTable()

    assert codes(table, [0, 1, 2, 1, 2], (A, B, C), limit=2) == [0, 1, -1, 1, -1]
    assert codes(table, [0, 1], (C, A), limit=2) == [-1, 0]
    assert len(table) == 2


def test_no_ticks_need_no_table() -> None:
    """A beat has neither."""
    assert codes(SymbolTable(), [], ()) == []


def test_a_name_shared_by_two_venues_is_qualified_for_the_later() -> None:
    """The first keeps the plain name, for good."""
    table = SymbolTable()
    codes(table, [0, 1, 2], (A, B, C))

    assert table.names == ["A", "B", "bybit:A"]
    assert table.code_of == {"A": 0, "B": 1, "bybit:A": 2}
