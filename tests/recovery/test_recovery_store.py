"""The snapshot store: where the engine resumes, what it would restore, and the rows that must go first."""

from __future__ import annotations

from pathlib import Path

import pytest
from recovery.stores import Histories

from connectors.recovery import store
from connectors.recovery.errors import RecoveryError


@pytest.fixture
def histories(tmp_path: Path) -> Histories:
    """An empty store."""
    return Histories(tmp_path / "store")


def test_a_store_that_never_ran_resumes_nowhere(histories: Histories) -> None:
    """There is nothing to purge either."""
    assert store.resume_epoch(histories.folder) is None
    assert store.purge(histories.folder) == 0
    assert store.snapshots(histories.folder) == []


def test_it_resumes_where_the_last_execution_stood(histories: Histories) -> None:
    """At its newest completed epoch; at the epoch it began with, if it completed none."""
    histories.started(0, 1)
    histories.completed(0, 7)
    assert store.resume_epoch(histories.folder) == 7
    histories.started(1, 7)
    assert store.resume_epoch(histories.folder) == 7
    histories.completed(1, 9)
    assert store.resume_epoch(histories.folder) == 9


def test_snapshots_of_an_uncompleted_epoch_are_purged_and_no_others(histories: Histories) -> None:
    """A crash between the two transactions of epoch 7 left its row behind."""
    histories.started(0, 1)
    histories.snapshot("a", 5)
    histories.snapshot("b", 6)
    histories.completed(0, 7)
    histories.snapshot("a", 7)
    assert store.purge(histories.folder) == 1
    assert histories.rows() == [("a", 5), ("b", 6)]


def test_without_the_purge_a_row_of_a_dead_history_would_be_restored(histories: Histories) -> None:
    """The engine's defect: after the second crash it takes the stale row of the first for a good one."""
    for purged in (False, True):
        histories = Histories(histories.folder.with_name(f"store-{purged}"))
        histories.started(0, 1)
        histories.snapshot("a", 5, b"right")
        histories.completed(0, 7)
        histories.snapshot("a", 7, b"of a history that never was")
        if purged:
            store.purge(histories.folder)
        histories.started(1, 7)  # in its epoch 7, nothing happens to key a
        histories.completed(1, 8)
        restored = store.snapshots(histories.folder)[0]
        assert restored.pickled == (b"right" if purged else b"of a history that never was")


def test_what_is_no_store_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """A missing file, and a file of something else."""
    with pytest.raises(RecoveryError, match=r"is missing: levibot recover reset"):
        store.purge(tmp_path)
    (tmp_path / "part-0.sqlite3").write_bytes(b"no database" * 100)
    with pytest.raises(RecoveryError, match=r"no snapshot store .*: levibot recover reset"):
        store.purge(tmp_path)
