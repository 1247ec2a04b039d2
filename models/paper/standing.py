"""Everything that is kept of one book: its holdings, its tally, its equity curve and its day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.paper.book import Book
from models.paper.costs import Costs
from models.paper.curve import Curve
from models.paper.day import Day
from models.paper.tally import Tally

PARTS = ("book", "tally", "curve", "day")


class Standing:
    """The parts of one book's state, under its name."""

    def __init__(self, name: str, costs: Costs, saved: Mapping[str, Any] | None = None) -> None:
        kept = saved or {}
        self.name = name
        self.book = Book(costs, kept.get("book"))
        self.tally = Tally(kept.get("tally"))
        self.curve = Curve(costs.start, kept.get("curve"))
        self.day = Day(costs, kept.get("day"))

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as plain data."""
        return {part: getattr(self, part).snapshot() for part in PARTS}
