"""What an account made between its first and its last record, live against a replay, to the last digit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Body = Mapping[str, Any]
SIDES = ("live", "replay")


class PnlComparison:
    """Takes pairs of ``account`` bodies in order; one of a replay that has ended is None."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], Body] = {}  # by book and side
        self._last: dict[tuple[str, str], Body] = {}

    def take(self, live: Body, replay: Body | None) -> None:
        """Keep the first and the last of each book and side."""
        for side, body in zip(SIDES, (live, replay), strict=True):
            if body is not None:
                self._first.setdefault((body["book"], side), body)
                self._last[body["book"], side] = body

    def as_dict(self) -> dict[str, Any] | None:
        """Return equity, PnL, fees and trades of each book and side, and PnL apart; None: no account."""
        books = sorted({book for book, _ in self._last})
        return {book: self._book(book) for book in books} or None

    def _book(self, book: str) -> dict[str, Any]:
        sides = {side: self._side(book, side) for side in SIDES}
        found = [Decimal(side["pnl"]) for side in sides.values() if side is not None]
        apart = f"{found[1] - found[0]:f}" if len(found) == len(SIDES) else None
        return sides | {"difference": apart}

    def _side(self, book: str, side: str) -> dict[str, Any] | None:
        if (book, side) not in self._last:
            return None
        first, last = self._first[book, side], self._last[book, side]
        return {
            "from_ts": first["ts"], "to_ts": last["ts"], "equity": last["equity"],
            "pnl": f"{Decimal(last['equity']) - Decimal(first['equity']):f}",
            "fees": f"{Decimal(last['fees']) - Decimal(first['fees']):f}",
            "trades": last["trades"] - first["trades"],
        }  # fmt: skip
