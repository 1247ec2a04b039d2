"""What is written every day is gzipped when its day is over, or it is full, and removed when it is old."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.backup.rotating import FULL_BYTES, rotate

NOW = datetime(2026, 11, 21, 18, 20, tzinfo=UTC)
MONTH = timedelta(days=30)


def test_days_that_are_over_are_put_away_and_old_ones_go(tmp_path: Path) -> None:
    """The day of today is still being written; what is not ours stays."""
    for name in ("20261121.json", "20261120.json", "20261025.json.gz", "20261020.json.gz", "20260901.json"):
        (tmp_path / f"audit_snapshot_{name}").write_bytes(name.encode())
    (tmp_path / "audit_snapshot_of_mine.json").touch()

    touched = [path.name for path in rotate(tmp_path, (), MONTH, NOW)]

    assert touched == [f"audit_snapshot_{n}" for n in ("20260901.json", "20261020.json.gz", "20261120.json")]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "audit_snapshot_20261025.json.gz", "audit_snapshot_20261120.json.gz",
        "audit_snapshot_20261121.json", "audit_snapshot_of_mine.json",
    ]  # fmt: skip
    assert gzip.decompress((tmp_path / "audit_snapshot_20261120.json.gz").read_bytes()) == b"20261120.json"
    assert rotate(tmp_path, (), MONTH, NOW) == []


def test_a_log_that_is_full_is_put_away(tmp_path: Path) -> None:
    """With nothing lost; a smaller one goes on, and what was put away a month ago goes."""
    full = b"a line\n" * (FULL_BYTES // 7 + 1)
    (tmp_path / "drift_check.log").write_bytes(full)
    (tmp_path / "daily.log").write_bytes(b"a line\n")
    (tmp_path / "daily.log.20261001T000000Z.gz").touch()

    rotate(tmp_path / "none", (tmp_path,), MONTH, NOW)

    assert {path.name for path in tmp_path.iterdir()} == {"daily.log", "drift_check.log.20261121T182000Z.gz"}
    packed = tmp_path / "drift_check.log.20261121T182000Z.gz"
    assert gzip.decompress(packed.read_bytes()) == full
    assert packed.stat().st_mode & 0o777 == 0o600
