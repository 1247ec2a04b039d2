"""The frozen data of a training run: a checksum of what was learned from, and where it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from models.market.block import STALE, TIE
from models.market.schema import FEATURES_VERSION
from models.training.rows import Rows

SECOND = 1_000_000_000


def checksum(rows: Rows) -> str:
    """Return the SHA-256 over names, codes, seconds, features and labels, whatever path the ticks came by."""
    digest = hashlib.sha256("\n".join(rows.symbols).encode())
    for column in (rows.code, rows.second, rows.x, rows.label):
        little = np.ascontiguousarray(column, dtype=column.dtype.newbyteorder("<"))
        digest.update(little.data)
    return digest.hexdigest()


def run_id(created: datetime, data_checksum: str) -> str:
    """Return the id of a run that began at ``created`` on this data, such as 20261121T141500Z-0123abcd."""
    return f"{created.astimezone(UTC):%Y%m%dT%H%M%SZ}-{data_checksum[:8]}"


def snapshot(
    rows: Rows,
    *,
    identity: str,
    created: str,
    sources: Sequence[Mapping[str, Any]],
    horizon_s: int,
    seed: int,
) -> dict[str, Any]:
    """Return ``data_snapshot.json``; ``created`` is ISO 8601, the window that of the rows."""
    first, last = int(rows.second.min()), int(rows.second.max()) + 1
    return {
        "id": identity,
        "created": created,
        "checksum": checksum(rows),
        "sources": list(sources),
        "window": {
            "start": moment(first),
            "end": moment(last),
            "start_ns": first * SECOND,
            "end_ns": last * SECOND,
        },
        "symbols": list(rows.symbols),
        "rows": len(rows),
        "labelled": int(np.sum(rows.label >= 0)),
        "ties": int(np.sum(rows.label == TIE)),
        "stale": int(np.sum(rows.label == STALE)),
        "features_version": FEATURES_VERSION,
        "horizon_s": horizon_s,
        "seed": seed,
    }


def moment(second: int) -> str:
    """Return a time in seconds since the epoch as ISO 8601 in UTC."""
    return datetime.fromtimestamp(second, UTC).isoformat()
