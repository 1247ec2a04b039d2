"""One recovery folder in use: locked, of the right identity, without stale snapshots.

The folder is a cache. Deleted, everything in it is rebuilt from ticks and journal, as far as they reach.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from connectors.recovery import store
from connectors.recovery.errors import RecoveryError
from connectors.recovery.manifest import Manifest, read

_LOG = structlog.get_logger()
LOCK, MANIFEST, STORE, RUNNING = "lock", "manifest.json", "store", "running"


@dataclass(frozen=True, slots=True)
class RecoveryFolder:
    """An open folder; ``unclean``: the process before did not end by a clean stop, as far as is known.

    ``crashed``: it is known that it did not. ``purged``: how many snapshots of epochs
    never completed were removed.
    """

    path: Path
    unclean: bool
    crashed: bool = False
    purged: int = 0

    @property
    def store(self) -> Path:
        """Return the engine's part of it."""
        return self.path / STORE

    def clean(self) -> None:
        """Note that this process has ended by a clean stop."""
        (self.path / RUNNING).unlink(missing_ok=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the folder's lock, making the folder where there is none, for this user alone (mode 700).

    Raises ``RecoveryError`` where another process holds it.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RecoveryError(f"{path} is in use by process {_holder(handle)}: stop it first") from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


@contextmanager
def opened(path: Path, manifest: Manifest) -> Iterator[RecoveryFolder]:
    """Lock the folder and make it fit to start from; raise ``RecoveryError`` where it cannot be."""
    with locked(path):
        known = (path / MANIFEST).exists()
        if known:
            _check(path, manifest)
        else:
            _begin(path, manifest)
        stale = store.purge(path / STORE)
        if stale:
            _LOG.warning("snapshots of an epoch that was never completed removed", rows=stale)
        crashed = (path / RUNNING).exists()
        (path / RUNNING).write_text(str(os.getpid()))
        yield RecoveryFolder(path, crashed or not known, crashed, stale)


def reset(path: Path) -> bool:
    """Delete everything in the folder and return whether there was anything."""
    if not path.exists():
        return False
    with locked(path):
        found = (path / MANIFEST).exists()
        _empty(path)
    return found


def _check(path: Path, manifest: Manifest) -> None:
    differences = manifest.differences(read(path / MANIFEST))
    if differences:
        raise RecoveryError(
            f"the state in {path} belongs to something else:\n  " + "\n  ".join(differences) + "\n"
            "go back to what it was; or, to have it rebuilt from ticks and journal: levibot recover reset"
        )


def _begin(path: Path, manifest: Manifest) -> None:
    """Make an empty store; the manifest comes last, so that a folder with one is whole."""
    _empty(path)
    store.create(path / STORE)
    manifest.write(path / "manifest.new")
    (path / "manifest.new").rename(path / MANIFEST)


def _empty(path: Path) -> None:
    """Delete all but the lock, the manifest first."""
    (path / MANIFEST).unlink(missing_ok=True)
    for entry in path.iterdir():
        if entry.name == LOCK:
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _holder(handle: int) -> str:
    return os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
