"""Paired: a stage that compares two models on the same rows, one horizon after they spoke."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.shadow.blocks import Blocks, Kept
from models.shadow.maturing import Maturing
from models.shadow.rows import Rows
from models.shadow.sums import BLOCK_S, LONGEST_S, SHORTEST_S, sums_of

HORIZON_S, MAX_AGE_S = 60, 5


class Paired:
    """Pairs that wait for their outcome, and sums of those that have it, by block of event time.

    What it holds depends on the rows alone: not on how they are cut, nor on how symbols of several shards
    follow each other. A look at a second must wait until every shard has passed it, see ``blocks``.
    """

    def __init__(
        self, horizon_s: int = HORIZON_S, max_age_s: int = MAX_AGE_S, saved: Mapping[str, Any] | None = None
    ) -> None:
        if BLOCK_S % horizon_s or not SHORTEST_S <= horizon_s <= LONGEST_S:
            raise ValueError(
                f"a horizon of {horizon_s} s: must divide {BLOCK_S} s, and be {SHORTEST_S} to {LONGEST_S} s"
            )
        self._horizon = horizon_s
        self._maturing = Maturing(horizon_s, max_age_s, saved and saved["maturing"])
        self._kept = Kept(saved and saved["kept"])

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as plain data."""
        return {"maturing": self._maturing.snapshot(), "kept": self._kept.snapshot()}

    def step(self, rows: Rows) -> None:
        """Take in rows; of each symbol, in the order of its seconds."""
        self._kept.add(*sums_of(rows, self._maturing.step(rows), self._horizon))

    def blocks(self, second: int) -> Blocks:
        """Return the blocks that have ended by a second which all shards have passed."""
        return self._kept.blocks(self._horizon).until(second)
