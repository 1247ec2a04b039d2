"""The engine's store as histories of processes leave it, written row by row."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from connectors.recovery import store


class Histories:
    """Writes what executions leave in a store: their start, completed epochs, and snapshots."""

    def __init__(self, folder: Path) -> None:
        store.create(folder)
        self.folder = folder

    def started(self, execution: int, resume_epoch: int) -> None:
        """An execution began."""
        self._run(
            "INSERT INTO exs (ex_num, worker_count, resume_epoch) VALUES (?, 1, ?)", execution, resume_epoch
        )

    def completed(self, execution: int, epoch: int) -> None:
        """All epochs below ``epoch`` are durable."""
        self._run("INSERT OR REPLACE INTO fronts VALUES (CURRENT_TIMESTAMP, ?, 0, ?)", execution, epoch)

    def snapshot(self, key: str, epoch: int, state: bytes = b"state") -> None:
        """The state of a key was written in an epoch."""
        self._run(
            "INSERT INTO snaps VALUES (CURRENT_TIMESTAMP, 'signals.market', ?, ?, ?)", key, epoch, state
        )

    def rows(self) -> list[tuple[str, int]]:
        """Return key and epoch of all snapshots."""
        with closing(sqlite3.connect(self.folder / "part-0.sqlite3")) as db:
            return db.execute("SELECT state_key, snap_epoch FROM snaps ORDER BY 1, 2").fetchall()

    def _run(self, sql: str, *values: object) -> None:
        with closing(sqlite3.connect(self.folder / "part-0.sqlite3")) as db, db:
            db.execute(sql, values)
