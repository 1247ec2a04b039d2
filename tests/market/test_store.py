"""State as rows of arrays: growth, reset, snapshot."""

from __future__ import annotations

import numpy as np

from models.market.store import Column, SymbolRows

COLUMNS = {"scalar": Column("i8", 0, -5), "history": Column("f8", 3, np.nan), "flag": Column("?", 0, False)}


def test_rows_grow_with_initial_values_and_keep_the_old_ones() -> None:
    """A new symbol begins as its columns say."""
    rows = SymbolRows(COLUMNS)
    rows.ensure(1)
    rows["scalar"][0] = 7
    before = len(rows)

    rows.ensure(before + 1)

    assert len(rows) >= before + 1
    assert rows["scalar"].tolist() == [7] + [-5] * (len(rows) - 1)
    assert rows["history"].shape == (len(rows), 3) and np.isnan(rows["history"]).all()
    assert rows["flag"].dtype == np.bool_


def test_ensure_never_shrinks() -> None:
    """Fewer symbols than there is room for change nothing."""
    rows = SymbolRows(COLUMNS)
    rows.ensure(20)
    held = rows["scalar"]

    rows.ensure(3)

    assert rows["scalar"] is held


def test_reset_touches_the_named_columns_of_the_given_symbols_only() -> None:
    """A symbol that comes back begins anew, its units stay."""
    rows = SymbolRows(COLUMNS)
    rows.ensure(8)
    rows["scalar"][:] = np.arange(8)
    rows["history"][:] = 1.0

    rows.reset(np.array([1, 3]), ["history"])

    assert rows["scalar"].tolist() == list(range(8))
    assert np.isnan(rows["history"]).all(axis=1).tolist() == [False, True, False, True] + [False] * 4


def test_a_snapshot_is_a_copy_and_comes_back_as_one() -> None:
    """Neither the stage it was taken from nor two stages built from it share an array."""
    rows = SymbolRows(COLUMNS)
    rows.ensure(2)
    rows["scalar"][:2] = [1, 2]
    saved = rows.snapshot(2)
    rows["scalar"][0] = 99

    one, other = SymbolRows(COLUMNS, saved), SymbolRows(COLUMNS, saved)
    one["scalar"][1] = 98

    assert saved["scalar"].tolist() == [1, 2]
    assert other["scalar"][:2].tolist() == [1, 2]


def test_an_empty_snapshot_is_an_empty_store() -> None:
    """A shard may be restarted before its first tick."""
    again = SymbolRows(COLUMNS, SymbolRows(COLUMNS).snapshot(0))

    assert len(again) == 0
    again.ensure(1)
    assert again["scalar"][0] == -5
