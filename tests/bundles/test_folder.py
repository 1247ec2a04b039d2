"""The folder of a bundle: appears whole, is never changed, and is read once as plain files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from bundles.made import RUN

from connectors.bundles import atomic, folder, link
from connectors.bundles.errors import BundleRefused, PublishError
from connectors.bundles.folder import publish, read
from models.bundle.errors import BundleError, Reason

Files = dict[str, bytes]


def names(path: Path) -> list[str]:
    """Return what is in a folder."""
    return sorted(inside.name for inside in path.iterdir())


def test_what_was_published_is_read(tmp_path: Path, whole: Files) -> None:
    """Under its run id, byte for byte, and nothing lies beside it."""
    path = publish(tmp_path / "models", whole)

    assert path == tmp_path / "models" / RUN
    assert read(path) == whole
    assert names(tmp_path / "models") == [RUN]
    assert {file.stat().st_mode & 0o777 for file in path.iterdir()} == {0o444}


def test_a_bundle_is_never_overwritten(tmp_path: Path, whole: Files) -> None:
    """Whatever stands there under its run id."""
    publish(tmp_path, whole)
    with pytest.raises(PublishError, match="never overwritten"):
        publish(tmp_path, whole)

    (tmp_path / "other").mkdir()
    (tmp_path / "other" / RUN).symlink_to(tmp_path / "nowhere")
    with pytest.raises(PublishError, match="never overwritten"):
        publish(tmp_path / "other", whole)


def test_only_whole_bundles_are_published(tmp_path: Path, whole: Files) -> None:
    """The sums must fit before anything is written."""
    with pytest.raises(BundleError) as refused:
        publish(tmp_path, whole | {"model.txt": b"other"})

    assert refused.value.reason is Reason.HASH
    assert list(tmp_path.iterdir()) == []


def test_a_failed_publication_leaves_nothing(
    tmp_path: Path, whole: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full just before the rename."""

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "sync_folder", full)
    with pytest.raises(PublishError, match="No space left"):
        publish(tmp_path, whole)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, whole: Files) -> None:
    """Here a file stands where it should be."""
    (tmp_path / "models").write_bytes(b"")

    with pytest.raises(PublishError, match="cannot be written"):
        publish(tmp_path / "models", whole)


@pytest.mark.parametrize("trap", ["link", "pipe", "folder", "hidden", "long name"])
def test_what_is_no_plain_file_is_refused(tmp_path: Path, whole: Files, trap: str) -> None:
    """Links are not followed, and a pipe does not make anyone wait."""
    path = publish(tmp_path, whole)
    foreign = path / {"hidden": ".hidden", "long name": "x" * 65}.get(trap, "extra.txt")
    if trap == "link":
        foreign.symlink_to(path / "model.txt")
    elif trap == "pipe":
        os.mkfifo(foreign)
    elif trap == "folder":
        foreign.mkdir()
    else:
        foreign.write_bytes(b"")

    with pytest.raises(BundleRefused) as refused:
        read(path)

    assert refused.value.reason is Reason.MISSING
    assert foreign.name in str(refused.value)


def test_the_folder_itself_is_no_link_and_there(tmp_path: Path, whole: Files) -> None:
    """A link could be turned while it is read."""
    publish(tmp_path, whole)
    (tmp_path / "link").symlink_to(RUN)

    for name in ("link", "absent"):
        with pytest.raises(BundleRefused, match="no folder of a bundle"):
            read(tmp_path / name)


def test_too_much_is_refused(tmp_path: Path, whole: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many bytes, or too many files."""
    path = publish(tmp_path, whole)
    monkeypatch.setattr(folder, "MAX_BYTES", sum(map(len, whole.values())))
    read(path)
    monkeypatch.setattr(folder, "MAX_BYTES", sum(map(len, whole.values())) - 1)
    with pytest.raises(BundleRefused, match="larger than"):
        read(path)
    monkeypatch.setattr(folder, "MAX_FILES", len(whole) - 1)
    with pytest.raises(BundleRefused, match="holds 6 files"):
        read(path)


def test_the_link_moves_in_one_step(tmp_path: Path) -> None:
    """From nothing to a run, to the next; a real folder in its place is left alone."""
    assert link.target(tmp_path, "lightgbm") is None

    link.move(tmp_path, "lightgbm", "first")
    link.move(tmp_path, "lightgbm", "second")
    link.move(tmp_path, "skops", "third")

    assert link.target(tmp_path, "lightgbm") == "second"
    assert names(tmp_path) == ["best_lgbm", "best_skops"]
    (tmp_path / "best_lgbm").unlink()
    (tmp_path / "best_lgbm").mkdir()
    with pytest.raises(PublishError, match="is no link"):
        link.move(tmp_path, "lightgbm", "fourth")


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure leaves the old content and nothing beside it."""
    path = tmp_path / "new" / "file.json"
    atomic.write(path, b"old", mode=0o600)

    def broken(handle: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output error"):
        atomic.write(path, b"new")

    assert path.read_bytes() == b"old"
    assert path.stat().st_mode & 0o777 == 0o600
    assert names(path.parent) == ["file.json"]
