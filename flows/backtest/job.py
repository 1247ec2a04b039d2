"""What one process is to walk through, and what it says when it has: plain values, JSON between processes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from flows.backtest.origins import Origin
from models.backtest.watching import CalibrationPoint, DriftPoint
from models.desk.desk import Desk
from models.paper.spec import PaperSpec
from models.spec import Spec

FORMAT = 1
"""Raised whenever what is kept of an unfinished walk changes; such a walk then begins anew."""
PART_ROWS = 50_000
"""Rows of a part file, about 1 MB: so much is done again after an interruption."""


class ShardJob(msgspec.Struct, frozen=True, kw_only=True, tag="walk"):
    """One shard: its ticks, and everything else that its rows are a function of."""

    shard: str
    origin: Origin
    sources: list[dict[str, Any]]  # what identifies the ticks: files with sums, offsets, or a seed
    spec: Spec
    desk: dict[str, Any]
    version: str  # of the product
    part_rows: int = PART_ROWS

    @property
    def key(self) -> str:
        """Return the name of its work: a hash of all that its rows follow from."""
        told = [
            FORMAT, self.version, self.sources, self.spec.fingerprint(), self.desk, self.part_rows,
        ]  # fmt: skip
        return key_of(told)

    @property
    def held_desk(self) -> Desk:
        """Return the desk as a value."""
        return Desk.from_dict(self.desk)


def key_of(told: object) -> str:
    """Return the name of a folder: a hash of plain data."""
    return hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest()[:24]


class TradingJob(msgspec.Struct, frozen=True, kw_only=True, tag="trade"):
    """One account over walked shards, and what its result is to say."""

    symbol: str
    walks: list[ShardJob]
    chosen: list[tuple[int, tuple[int, ...], int]]  # place among the walks, codes, first second
    paper: PaperSpec
    seed: int
    manifest: dict[str, Any]

    @property
    def key(self) -> str:
        """Return the name of its folder."""
        return key_of([self.symbol, [walk.key for walk in self.walks], self.chosen, self.seed, self.manifest])


class Walked(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a shard's ticks; its rows are in the part files."""

    symbols: list[tuple[str, str]]  # venue and name, by code
    parts: int
    rows: int
    records: int
    first_second: int
    last_second: int
    ledger: dict[str, int]
    outcomes: dict[str, int]
    calibration: Sequence[CalibrationPoint] = ()
    drift: Sequence[DriftPoint] = ()
