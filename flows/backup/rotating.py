"""Putting away what is written day after day: snapshots of the audit, logs of cron and of the gateway.

The challenger's logs rotate by themselves (``flows.exporting``). Here a file of a day that is over becomes
``NAME.gz``, a log that is full ``NAME.YYYYMMDDTHHMMSSZ.gz``; what is put away is removed when it is old.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.bundles import atomic

FULL_BYTES = 10_000_000
"""A log of this size is put away."""
_DAILY = re.compile(r"audit_snapshot_(\d{8})\.json(\.gz)?")
_LOG = re.compile(r".+\.log\.(\d{8}T\d{6}Z)\.gz")
_STAMP = "%Y%m%dT%H%M%SZ"


def rotate(data: Path, logs: tuple[Path, ...], keep: timedelta, now: datetime) -> list[Path]:
    """Put away what is over or full, remove what is older than ``keep``, and return what was touched.

    ``data`` has the daily snapshots, each folder of ``logs`` files that are opened anew for what is appended.
    """
    return [*_days(data, keep, now), *(path for folder in logs for path in _logs(folder, keep, now))]


def _days(folder: Path, keep: timedelta, now: datetime) -> Iterator[Path]:
    for path in sorted(folder.glob("audit_snapshot_*")):
        if not (found := _DAILY.fullmatch(path.name)):
            continue
        day = datetime.strptime(found[1], "%Y%m%d").replace(tzinfo=UTC)
        if day + keep < now:
            path.unlink()
        elif day + timedelta(days=1) <= now and not found[2]:
            _put_away(path, path.with_name(f"{path.name}.gz"))
        else:
            continue
        yield path


def _logs(folder: Path, keep: timedelta, now: datetime) -> Iterator[Path]:
    for path in sorted(folder.glob("*.log*")):
        found = _LOG.fullmatch(path.name)
        if found and datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC) + keep < now:
            path.unlink()
        elif path.suffix == ".log" and path.stat().st_size >= FULL_BYTES:
            # renamed first: what a job writes meanwhile goes with it, and the next one begins a new file
            moved = path.rename(path.with_name(f"{path.name}.{now:{_STAMP}}"))
            _put_away(moved, moved.with_name(f"{moved.name}.gz"))
        else:
            continue
        yield path


def _put_away(path: Path, packed: Path) -> None:
    atomic.write(packed, gzip.compress(path.read_bytes(), mtime=0), 0o600)
    path.unlink()
