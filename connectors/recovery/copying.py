"""A whole copy of a recovery folder, of a flow that runs or of one that does not.

Any moment will do: ticks and journal redo what came after it. But it must be *one* moment. The engine's store
is copied through SQLite's online backup, which sees one committed state, as a crash would leave it; the next
start removes what an uncompleted epoch left in it, as after a crash. The manifest is read before and after.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from connectors.bundles.atomic import sync_folder
from connectors.recovery.errors import RecoveryError
from connectors.recovery.folder import LOCK, MANIFEST, RUNNING, STORE

ATTEMPTS = 3
"""A folder that is begun anew meanwhile is copied again, so often."""


def folders(root: Path) -> Iterator[Path]:
    """Yield the folders with a state below ``root``, relative to it, in order."""
    for manifest in sorted(root.rglob(MANIFEST)):
        path = manifest.parent.relative_to(root)
        hidden = any(part.startswith(".") for part in path.parts)  # being put back, or begun
        if (manifest.parent / STORE).is_dir() and not hidden:
            yield path


def copy(source: Path, target: Path) -> None:
    """Copy the state of ``source`` into a new folder ``target`` (mode 700).

    Raises ``RecoveryError`` where there is no state, or it is begun anew again and again.
    """
    for _ in range(ATTEMPTS):
        before = _manifest(source)
        try:
            _copied(source, target)
        except sqlite3.DatabaseError as error:
            if _manifest(source) == before:
                raise RecoveryError(
                    f"{source} cannot be copied ({error}): levibot recover inspect"
                ) from error
        if before == _manifest(source):
            (target / MANIFEST).write_bytes(before)
            return
        shutil.rmtree(target, ignore_errors=True)
    raise RecoveryError(f"{source} is begun anew all the time: back it up when its flow has started")


def put(source: Path, target: Path) -> None:
    """Replace the state of ``target``, whose lock the caller holds, by the copy ``source``.

    The manifest goes first and comes last: cut short, there is no state, and the next start rebuilds it. The
    flow is told that the process before crashed, since the state is older than what it published.
    """
    (target / MANIFEST).unlink(missing_ok=True)
    for entry in [entry for entry in target.iterdir() if entry.name != LOCK]:
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    shutil.copytree(source / STORE, target / STORE)
    (target / STORE).chmod(0o700)
    (target / RUNNING).write_text("restored")
    shutil.copyfile(source / MANIFEST, target / "manifest.new")
    _sync(target)
    (target / "manifest.new").rename(target / MANIFEST)
    sync_folder(target)


def _manifest(source: Path) -> bytes:
    try:
        return (source / MANIFEST).read_bytes()
    except OSError as error:
        raise RecoveryError(f"{source} has no state ({error.strerror})") from error


def _copied(source: Path, target: Path) -> None:
    (target / STORE).mkdir(mode=0o700, parents=True)
    for part in sorted((source / STORE).glob("*.sqlite3")):
        with (
            closing(sqlite3.connect(f"{part.absolute().as_uri()}?mode=ro", uri=True)) as found,
            closing(sqlite3.connect(target / STORE / part.name)) as made,
        ):
            found.backup(made)
            [(sound,)] = made.execute("PRAGMA quick_check(1)").fetchall()
            if sound != "ok":
                raise sqlite3.DatabaseError(sound)


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
    sync_folder(folder / STORE)
