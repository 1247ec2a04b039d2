"""The audit's file: whole lines, for its owner's eyes alone, read back after a restart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from connectors.audit_file import AuditFile


def test_lines_are_appended_for_the_owner_alone(tmp_path: Path) -> None:
    """Its folder is made, and a file that others could read is closed to them."""
    path = tmp_path / "ops" / "audit.log"
    file = AuditFile(path)
    file.append({"n": 1})
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    file.append({"n": 2})
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text(encoding="utf-8") == '{"n":1}\n{"n":2}\n'


def test_a_file_that_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    """So that it can be rotated."""
    path = tmp_path / "audit.log"
    file = AuditFile(path)
    file.append({"n": 1})
    path.rename(tmp_path / "audit.log.1")
    file.append({"n": 2})
    assert file.newest(9) == [{"n": 2}]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Or somebody could have us write elsewhere."""
    (tmp_path / "audit.log").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        AuditFile(tmp_path / "audit.log").append({"n": 1})


def test_the_newest_are_read_back_past_what_is_no_line(tmp_path: Path) -> None:
    """Newest first, as many as asked for; of a large file its last MiB."""
    path = tmp_path / "audit.log"
    file = AuditFile(path)
    assert file.newest(9) == []
    path.write_bytes(b"x" * (1 << 20) + b'\n{"n":1}\n[2]\n{"n":3}\n{"n":4\n{"n":5}\n')
    assert file.newest(9) == [{"n": 5}, {"n": 3}, {"n": 1}]
    assert file.newest(1) == [{"n": 5}]


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    """Several processes may append."""
    path = tmp_path / "audit.log"
    children = []
    for child in range(3):
        pid = os.fork()
        if not pid:
            for n in range(200):
                AuditFile(path).append({"child": child, "n": n})
            os._exit(0)
        children.append(pid)
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0, 0, 0]
    found = AuditFile(path).newest(1_000)
    assert sorted((body["child"], body["n"]) for body in found) == [
        (c, n) for c in range(3) for n in range(200)
    ]
