"""The engine's snapshot store, SQLite files: which epoch it resumes from, what it holds, what must go.

bytewax 0.21.1 commits the snapshots of an epoch and its frontier in two transactions and never deletes
snapshots of an epoch that was not completed. After two quick crashes it can restore such a row, which is of
another history. :func:`purge` removes them; it must run before every start, with the folder locked.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from bytewax.recovery import init_db_dir

from connectors.recovery.errors import RecoveryError

_RESUME = """
    SELECT min(frontier) FROM (
        SELECT max(e.resume_epoch, coalesce(max(f.worker_frontier), 0)) AS frontier
        FROM exs e LEFT JOIN fronts f ON f.ex_num = e.ex_num
        WHERE e.ex_num = (SELECT max(ex_num) FROM exs)
        GROUP BY f.worker_index
    )"""
_LATEST = """
    SELECT step_id, state_key, max(snap_epoch), ser_change FROM snaps
    WHERE snap_epoch < ? GROUP BY step_id, state_key ORDER BY step_id, state_key"""


class Snapshot(NamedTuple):
    """The row that the engine would restore for one key of one step."""

    step: str
    key: str
    epoch: int
    pickled: bytes | None
    """As the engine stores it. Never unpickled here."""


def create(folder: Path) -> None:
    """Make an empty store."""
    folder.mkdir(mode=0o700)
    init_db_dir(folder, 1)  # type: ignore[no-untyped-call]


def resume_epoch(folder: Path) -> int | None:
    """Return the epoch at which the engine would go on, None where it never ran."""
    with closing(_open(folder)) as store:
        return _resume(store)


def purge(folder: Path) -> int:
    """Delete the snapshots of epochs that were never completed and return how many there were."""
    with closing(_open(folder)) as store, store:
        resume = _resume(store)
        if resume is None:
            return 0
        return store.execute("DELETE FROM snaps WHERE snap_epoch >= ?", (resume,)).rowcount


def snapshots(folder: Path) -> list[Snapshot]:
    """Return what the engine would restore, by step and key."""
    with closing(_open(folder)) as store:
        resume = _resume(store)
        return [Snapshot(*row) for row in store.execute(_LATEST, (resume or 0,))]


def _resume(store: sqlite3.Connection) -> int | None:
    found: int | None = store.execute(_RESUME).fetchone()[0]
    return found


def _open(folder: Path) -> sqlite3.Connection:
    path = folder / "part-0.sqlite3"
    if not path.is_file():
        raise RecoveryError(f"{path} is missing: levibot recover reset")
    try:
        store = sqlite3.connect(path)
        store.execute("SELECT count(*) FROM snaps").fetchone()
    except sqlite3.DatabaseError as error:
        raise RecoveryError(f"{path} is no snapshot store ({error}): levibot recover reset") from error
    return store
