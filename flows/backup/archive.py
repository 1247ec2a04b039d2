"""The archive itself, a ``.tar.gz`` with its manifest in front: written whole or not at all, read with care.

Nothing in an archive is trusted before its checksum: members must be plain files that the manifest names, of
the size it names, and nothing is written outside of the folder that was asked for.
"""

from __future__ import annotations

import gzip
import io
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from connectors.bundles.atomic import sync_folder
from flows.backup import manifest as m
from flows.backup.errors import BackupError
from flows.backup.manifest import Manifest

LARGEST_MANIFEST = 16 << 20
Told = Callable[[float, str], None]


def pack(folder: Path, found: Manifest, target: Path, told: Told) -> None:
    """Write the files of a folder to an archive (mode 600), read it back, and only then give it its name."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-", suffix=".tar.gz")
    try:
        with os.fdopen(handle, "wb") as file:
            _write(file, folder, found, told)
            file.flush()
            os.fsync(file.fileno())
        verify(Path(name))
        Path(name).rename(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    sync_folder(target.parent)


def manifest_of(path: Path) -> Manifest:
    """Return what an archive says of itself; raise ``BackupError`` where it cannot be read."""
    with _opened(path) as archive:
        return _manifest(archive, path)


def verify(path: Path) -> Manifest:
    """Read an archive to its end and return its manifest; raise ``BackupError`` where a byte is wrong."""
    return _walk(path, None, lambda share, note: None)


def unpack(path: Path, into: Path, told: Told) -> Manifest:
    """Extract an archive into an empty folder and return its manifest; raise as ``verify`` does."""
    return _walk(path, into, told)


def _write(file: io.BufferedWriter, folder: Path, found: Manifest, told: Told) -> None:
    total = sum(one.bytes for one in found.files) or 1
    done = 0
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
        _add(archive, m.NAME, io.BytesIO(content := found.encoded()), len(content))
        for one in found.files:
            with (folder / one.path).open("rb") as source:
                _add(archive, one.path, source, one.bytes)
            done += one.bytes
            told(done / total, one.path)


def _add(archive: tarfile.TarFile, name: str, source: io.BufferedIOBase, size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    archive.addfile(member, source)


def _walk(path: Path, into: Path | None, told: Told) -> Manifest:
    with _opened(path) as archive:
        found = _manifest(archive, path)
        left = {file.path: file for file in found.files}
        while (member := archive.next()) is not None:
            file = left.pop(member.name, None)
            if file is None or not member.isreg() or member.size != file.bytes:
                raise BackupError(
                    f"{path} holds {member.name!r}, which its manifest does not know: keep off it"
                )
            if _read(archive, member, into) != file.sha256:
                raise BackupError(
                    f"{path}: {file.path} is damaged (its checksum differs): use another backup"
                )
            told(1 - len(left) / len(found.files), member.name)
    if left:
        raise BackupError(f"{path} is not whole: {next(iter(left))} is missing: use another backup")
    return found


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo, into: Path | None) -> str:
    """Return the checksum of a member, writing it into a folder on the way if there is one."""
    source = archive.extractfile(member)
    assert source is not None
    if into is None:
        return m.checksum_of(source)
    safe = tarfile.data_filter(member, str(into))  # the standard library's own look at the name
    target = into / safe.name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with target.open("xb") as file:
        target.chmod(0o600)
        shutil.copyfileobj(source, file)
    return m.checksum(target)


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    """Give an archive; what is wrong with its bytes is raised as ``BackupError``."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            yield archive
    except FileNotFoundError as error:
        raise BackupError(f"{path} is not there; list them: levibot backup list") from error
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BackupError(f"{path} cannot be read ({error}): use another backup") from error


def _manifest(archive: tarfile.TarFile, path: Path) -> Manifest:
    member = archive.next()
    if member is None or member.name != m.NAME or not member.isreg() or member.size > LARGEST_MANIFEST:
        raise BackupError(f"{path} is no backup of this product: it does not begin with {m.NAME}")
    content = archive.extractfile(member)
    assert content is not None
    return m.decoded(content.read(), path)
