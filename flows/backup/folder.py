"""The folder of backups: one archive each, named by its time (UTC), for this user alone."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from connectors.recovery.folder import locked
from connectors.recovery.manifest import app_version
from connectors.settings import Settings
from flows.backup import archive
from flows.backup.errors import BackupError
from flows.backup.gathering import check_worth, gather
from flows.backup.manifest import Manifest, described

_NAME = re.compile(r"levibot_(\d{8}T\d{6}Z)\.tar\.gz")
_STAMP = "%Y%m%dT%H%M%SZ"
GATHERED = 0.5
"""The share of the work that is done once all parts are copied, for the progress bar."""
Told = Callable[[float, str], None]


class Backup(NamedTuple):
    """An archive of the folder; ``manifest`` is None where it cannot be read, ``trouble`` says why."""

    path: Path
    made: datetime
    manifest: Manifest | None
    trouble: str = ""


def create(settings: Settings, out: Path, now: datetime, told: Told) -> Backup:
    """Make a backup named by ``now`` and return it.

    Raises ``BackupError`` where there is nothing to keep, ``RecoveryError`` where another is being made.
    """
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = out / f"levibot_{now:{_STAMP}}.tar.gz"
    with locked(out), tempfile.TemporaryDirectory(dir=out, prefix=".new-") as scratch:
        if target.exists():
            raise BackupError(f"{target} is there already: wait a second")
        left_out = gather(settings, Path(scratch), lambda part: told(0.0, part))
        files = described(Path(scratch))
        made_at = now.isoformat(timespec="seconds")
        found = Manifest(made_at=made_at, app=app_version(), left_out=left_out, files=files)
        check_worth(found.parts, settings)
        archive.pack(
            Path(scratch), found, target, lambda share, what: told(GATHERED + share * (1 - GATHERED), what)
        )
    return Backup(target, now, found)


def backups(out: Path) -> list[Backup]:
    """Return the backups of a folder, newest first; each manifest is read, the rest is not."""
    return [_looked_at(path, made) for made, path in _archives(out)]


def named(out: Path, which: str) -> Path:
    """Return the archive that a path, a file name of the folder, or ``latest`` stands for."""
    if which == "latest":
        found = _archives(out)
        if not found:
            raise BackupError(f"{out} has no backup: levibot backup create")
        return found[0][1]
    path = Path(which)
    return path if path.exists() or path.parent != Path() else out / which


def prune(out: Path, keep: timedelta, now: datetime) -> list[Path]:
    """Remove the backups older than ``keep`` and what a crash left, and return what was removed.

    The newest stays however old it is: backups that are no longer made must not end with none.
    """
    if not out.is_dir():
        return []
    with locked(out):
        removed = [path for made, path in _archives(out)[1:] if made < now - keep]
        removed += sorted(out.glob(".new-*"))
        for path in removed:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return removed


def _archives(out: Path) -> list[tuple[datetime, Path]]:
    found = [(match, path) for path in out.glob("*.tar.gz") if (match := _NAME.fullmatch(path.name))]
    dated = [(datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC), path) for match, path in found]
    return sorted(dated, reverse=True)


def _looked_at(path: Path, made: datetime) -> Backup:
    try:
        return Backup(path, made, archive.manifest_of(path))
    except BackupError as error:
        return Backup(path, made, None, str(error))
