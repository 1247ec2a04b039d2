"""The paper account as it stands, and what has become of it since a run or a phase began."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from models.guard.inputs import ACCOUNT, TRADES, Told
from models.rules.evaluate import Sample

ACTIVE = "active"
OWN_RULES = frozenset({
    "killed", "canary_symbol", "insufficient_balance", "daily_loss_limit", "max_open_positions", "advisory",
    "guard", "halted", "shard_behind",
})  # fmt: skip
"""Reasons for which the account blocks orders as it should."""


class Account:
    """The last word of each book, and what it was when counting began; state is plain data."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        saved = saved or {}
        self._books: dict[str, dict[str, Any]] = dict(saved.get("books", {}))
        self._begun: dict[str, list[int]] = dict(saved.get("begun", {}))
        self._outside: int = saved.get("outside", 0)

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {"books": dict(self._books), "begun": dict(self._begun), "outside": self._outside}

    def begin(self) -> None:
        """Count trades from here on: a phase begins."""
        self._begun = {name: [book["trades"], book["wins"]] for name, book in self._books.items()}
        self._outside = 0

    def take(self, found: Iterable[Told], allowed: frozenset[str] | None) -> None:
        """Follow the account's records; ``allowed``: the canary symbols, None where all may trade."""
        for told in found:
            if told.topic == ACCOUNT:
                body = told.body
                self._books[body["book"]] = {name: body[name] for name in _KEPT} | {
                    "positions": len(body["positions"])
                }
            elif told.topic == TRADES and allowed is not None:
                self._outside += _opened(told.body) and told.body["symbol"] not in allowed

    def samples(self) -> list[Sample]:
        """Return what the books show; nothing of a book that does not exist."""
        found = [Sample("canary.outside_positions", "all", float(self._outside))]
        if ACTIVE in self._books:
            found += self._of_active(self._books[ACTIVE])
        return found

    def _of_active(self, book: Mapping[str, Any]) -> list[Sample]:
        trades, wins = self._since(ACTIVE)
        loss = None if not book["day_limit"] else float(book["day_pnl"]) / float(book["day_limit"])
        return [
            Sample("account.open_positions", "all", float(book["positions"])),
            Sample("account.win_rate", "all", wins / trades if trades else None, None, trades),
            Sample("account.day_loss_share", "all", loss),
        ]

    def _since(self, name: str) -> tuple[int, int]:
        trades, wins = self._begun.get(name, [0, 0])
        return self._books[name]["trades"] - trades, self._books[name]["wins"] - wins


_KEPT = ("trades", "wins", "day_pnl", "day_limit")


def _opened(body: Mapping[str, Any]) -> bool:
    return (body["book"], body["event"], body["side"]) == (ACTIVE, "fill", "BUY")
