"""How a book of the paper account stands, and how it stood some hours before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

ACCOUNT = "account"
ACTIVE = "active"
Plain = Mapping[str, Any]


class DailyError(RuntimeError):
    """What a daily report is made of is not there; the message says what to do."""


class Span(NamedTuple):
    """A book at the beginning and at the end of a stretch of time."""

    first: Plain
    last: Plain

    @property
    def pnl(self) -> Decimal:
        """Return what was made in between."""
        return Decimal(self.last["equity"]) - Decimal(self.first["equity"])


def span_of(bodies: Iterable[Plain], begin: Callable[[int], int], book: str = ACTIVE) -> Span:
    """Return the newest record of a book, and the last one up to ``begin`` of its ``ts`` or else the oldest.

    Raises ``DailyError`` without any record.
    """
    found = sorted((body for body in bodies if body["book"] == book), key=lambda body: body["ordinal"])
    if not found:
        raise DailyError(f"the topic {ACCOUNT} has no record of the {book} book: is levibot run paper up?")
    last = found[-1]
    before = [body for body in found if body["ts"] <= begin(last["ts"])]
    return Span(before[-1] if before else found[0], last)


def losing(last: Plain, loss: Decimal) -> list[dict[str, Any]]:
    """Return symbol, venue and PnL of the positions that are worth less than ``loss``, the worst first."""
    found = [
        {"symbol": one["symbol"], "venue": one["venue"], "pnl_usd": one["pnl"]}
        for one in last["positions"]
        if Decimal(one["pnl"]) < loss
    ]
    return sorted(found, key=lambda one: Decimal(one["pnl_usd"]))
