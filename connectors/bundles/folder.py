"""The folder of one bundle, ``<models_dir>/<run_id>``: written in one step, never changed, read once."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path

from connectors.bundles.atomic import sync_folder
from connectors.bundles.errors import BundleRefused, PublishError
from models.bundle.errors import Reason
from models.bundle.manifest import MANIFEST, parse_manifest
from models.bundle.sums import NAME, Files, check_sums

MAX_BYTES = 256 << 20
"""Of all files together; a larger folder is no bundle."""
MAX_FILES = 64


def read(path: Path) -> dict[str, bytes]:
    """Return the files of a folder, each read once; raise ``BundleRefused`` unless all are plain files.

    Links are not followed, neither the folder's nor the files'.
    """
    try:
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise BundleRefused(
            Reason.MISSING,
            f"{path}: no folder of a bundle ({error.strerror}); list them: levibot models list",
        ) from error
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208  of the folder that is open, whatever moves
        if len(names) > MAX_FILES:
            raise BundleRefused(Reason.MISSING, f"{path}: holds {len(names)} files, so it is no bundle")
        files: dict[str, bytes] = {}
        for name in names:
            files[name] = _content(folder, path / name, MAX_BYTES - sum(map(len, files.values())))
        return files
    finally:
        os.close(folder)


def publish(root: Path, files: Files) -> Path:
    """Write a bundle to ``root/<run_id>`` and return that folder; it appears whole, or not at all.

    Raises ``BundleError`` where the files are no bundle, ``PublishError`` where they cannot be written or
    the folder is there already: a published bundle is never changed.
    """
    check_sums(files)
    target = root / parse_manifest(files[MANIFEST]).run_id
    try:
        root.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(target):
            raise PublishError(f"{target} is there already: a bundle is never overwritten; train again")
        return _published(root, target, files)
    except OSError as error:
        raise PublishError(f"{target}: cannot be written ({error.strerror})") from error


def _published(root: Path, target: Path, files: Files) -> Path:
    scratch = Path(tempfile.mkdtemp(dir=root, prefix=".new-"))
    try:
        for name, content in files.items():
            with (scratch / name).open("xb") as file:
                file.write(content)
                file.flush()
                os.fchmod(file.fileno(), 0o444)
                os.fsync(file.fileno())
        scratch.chmod(0o755)
        sync_folder(scratch)
        scratch.rename(target)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    sync_folder(root)
    return target


def _content(folder: int, path: Path, room: int) -> bytes:
    if not NAME.fullmatch(path.name):
        raise BundleRefused(Reason.MISSING, f"{path}: no file of a bundle has such a name; remove it")
    try:  # a pipe would else wait for its writer
        handle = os.open(path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError as error:
        raise BundleRefused(Reason.MISSING, f"{path}: cannot be read ({error.strerror})") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise BundleRefused(Reason.MISSING, f"{path}: is no plain file; restore the published folder")
    with os.fdopen(handle, "rb") as file:
        content = file.read(room + 1)
    if len(content) > room:
        raise BundleRefused(Reason.MISSING, f"{path.parent}: is larger than {MAX_BYTES >> 20} MiB")
    return content
