"""A live market through the real stages in the real engine, and how long each turn had to wait.

``python -m benchmarks.live.pauses EPOCH_MS SECONDS [STORE]`` runs 200 symbols on 4 shards at 20 turns a
second, with snapshots in ``STORE`` after each epoch, or without. It prints one JSON object: how much later
than due each turn came, in milliseconds (p50, p99, longest), and the bytes of state by symbol. Nothing is
published.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition
from bytewax.outputs import FixedPartitionedSink, StatefulSinkPartition

from benchmarks.results import percentile
from connectors.codecs.decode import Decoder
from connectors.recovery import store as snapshots
from flows.runtime import run
from flows.signals import signals_flow
from models.desk.desk import Desk
from models.inputs import Cause, Genesis, TickBatch
from models.judge.records import Shard
from models.scoring.registry import load_all
from models.spec import Spec

SHARDS, SYMBOLS, TURN_S = 4, 50, 0.05
BATCH = 25
"""Ticks a turn and shard: 10 a second for each symbol."""


class Market(StatefulSourcePartition[Any, bytes]):
    """One shard: a batch of ticks each turn, and how late each turn came."""

    def __init__(self, shard: Shard, seconds: float, late: list[float]) -> None:
        self._shard = shard
        self._late = late
        self._offset = 0
        self._decoder = Decoder()
        self._due = time.monotonic() + TURN_S
        self._end = self._due + seconds
        self._fresh = True

    def next_batch(self) -> list[Any]:
        """Return the batch that is due."""
        if self._fresh:
            self._fresh = False
            return [(self._shard.key, (self._shard, Genesis(Desk(), Cause(0, 1))))]
        now = time.monotonic()
        if now < self._due:
            return []
        if now > self._end:
            raise StopIteration
        self._late.append(1e3 * (now - self._due))
        self._due = max(self._due + TURN_S, now)
        return [(self._shard.key, (self._shard, self._ticks()))]

    def next_awake(self) -> datetime:
        """Return when the next turn is due."""
        return datetime.now(UTC) + timedelta(seconds=max(0.0, self._due - time.monotonic()))

    def snapshot(self) -> bytes:
        """Nothing is gone on with."""
        return b""

    def _ticks(self) -> TickBatch:
        now, first = time.time_ns(), self._offset
        self._offset += BATCH
        ticks = [
            {"symbol": f"S{self._shard.number}-{n % SYMBOLS}", "ts": now, "price": 100.0 + n % 7, "qty": 1.0}
            for n in range(first, self._offset)
        ]
        values = [orjson.dumps(tick) for tick in ticks]
        log_ts = np.full(BATCH, now // 1_000_000 * 1_000_000)
        return TickBatch(np.arange(first, self._offset), log_ts, values, self._decoder.decode(values), 1)


class Markets(FixedPartitionedSource[Any, bytes]):
    """All shards."""

    def __init__(self, seconds: float) -> None:
        self.late: list[float] = []
        self._seconds = seconds
        self._shards = {s.key: s for s in (Shard("ticks", n, n) for n in range(SHARDS))}

    def list_parts(self) -> list[str]:
        """Return the shards' keys."""
        return list(self._shards)

    def build_part(self, step_id: str, for_part: str, resume_state: bytes | None) -> Market:
        """Begin one shard."""
        return Market(self._shards[for_part], self._seconds, self.late)


class Nowhere(FixedPartitionedSink[Any, None]):
    """Takes records and forgets them."""

    def list_parts(self) -> list[str]:
        """Return the one part."""
        return ["nowhere"]

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> StatefulSinkPartition[Any, None]:
        """Return what forgets."""
        return _Forgets()


class _Forgets(StatefulSinkPartition[Any, None]):
    def write_batch(self, items: list[Any]) -> None:
        """Forget."""

    def snapshot(self) -> None:
        """Nothing is kept."""


def main(epoch_ms: str, seconds: str, store: str = "") -> None:
    """Run the market and print how late its turns were."""
    spec, markets = Spec(), Markets(float(seconds))
    folder = Path(store) if store else None
    if folder is not None:
        snapshots.create(folder)
    run(
        signals_flow(markets, Nowhere(), spec, load_all(spec.models)),
        timedelta(milliseconds=int(epoch_ms)),
        folder,
    )
    late = sorted(markets.late[len(markets.late) // 5 :])
    found = {"p50": percentile(late, 0.5), "p99": percentile(late, 0.99), "longest": late[-1], "bytes": 0.0}
    if folder is not None:
        kept = sum(len(row.pickled or b"") for row in snapshots.snapshots(folder))
        found["bytes"] = kept / (SHARDS * SYMBOLS)
    print(orjson.dumps(found).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
