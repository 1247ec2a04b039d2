"""A simulated market as a history: the bytes ``levibot feed simulate`` sends with that seed and start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from connectors.tick_history.history import TickHistory, batched, numbered
from models.inputs import TickBatch
from models.simulator import MarketSpec, pages

SECOND = 1_000_000_000


class SimulatedHistory:
    """``seconds`` of a seeded market from ``start_ts`` (ns) on."""

    def __init__(self, spec: MarketSpec, seed: int, seconds: float, start_ts: int) -> None:
        self._spec = spec
        self._seed = seed
        self._seconds = seconds
        self._start_ts = start_ts
        self._end_ts = start_ts + int(seconds * SECOND)
        self.total: int | None = None
        self.share = 0.0

    def batches(self) -> Iterator[TickBatch]:
        """Yield the records whose time lies in the stretch."""
        self.share = 0.0
        return batched(numbered(self._records()))

    def sources(self) -> list[dict[str, Any]]:
        """Return everything that the bytes follow from."""
        told = {"seed": self._seed, "seconds": self._seconds, "start_ts": self._start_ts}
        return [{"simulated": asdict(self._spec), **told}]

    def _records(self) -> Iterator[tuple[int, bytes]]:
        for page in pages(self._spec, self._seed, self._start_ts):
            for ts, value in zip(page.record_ts.tolist(), page.value.tolist(), strict=True):
                if ts >= self._end_ts:
                    self.share = 1.0
                    return
                yield ts, value
            if len(page):
                self.share = (int(page.record_ts[-1]) - self._start_ts) / (self._end_ts - self._start_ts)


def simulated(spec: MarketSpec, seed: int, seconds: float, start_ts: int) -> TickHistory:
    """Return the history of a simulated market; the same arguments give the same bytes."""
    if not seconds > 0:
        raise ValueError(f"a market lasts more than 0 seconds, not {seconds}")
    return SimulatedHistory(spec, seed, seconds, start_ts)
