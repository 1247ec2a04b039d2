"""The paper account: what its books are worth, hold and have done."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from api.context import Context, Ctx
from api.http.answers import Json, refusal
from api.shown.freshness import Plain
from api.shown.paper import ACTIVE, Shown, curve, known
from api.shown.statuses import not_found
from api.shown.windows import Window, seconds_of
from models.spec import SECOND

router = APIRouter(prefix="/paper", tags=["paper"])

UNKNOWN = not_found("The account has no such book.")
POINTS = 1_500
"""Of an equity curve in one answer."""

Book = Annotated[str, Query(max_length=40, description="active, or challenger: the model in shadow.")]
Limit = Annotated[int, Query(ge=1, le=100, description="How many, counted from the newest.")]
Event = Annotated[
    Literal["fill", "blocked", "cancelled", "all"],
    Query(description="fill: what was bought and sold; blocked, cancelled: orders that were not filled."),
]


class UnknownBookError(Exception):
    """There is no such book of the paper account."""

    def __init__(self, book: str, known: list[str]) -> None:
        super().__init__(book)
        self.answer = refusal(404, "unknown_book", f"The account has no book '{book}'.", known=known)


def unknown_book(_: object, error: UnknownBookError) -> Json:
    """Answer for a book that there is not."""
    return error.answer


@router.get("/summary", responses=UNKNOWN)
def summary(context: Ctx, book: Book = ACTIVE) -> Json:
    """Tell equity, profit, closed trades and win rate of a book, in `stats`.

    Amounts are in the quote currency, rates and drawdowns shares of one. The account tells each minute and at
    every fill: `age_s` is the age of that record. `status` is STALE when the account's process has not
    written for 3 s, EMPTY when it never has; then figures are null.
    """
    shown = _shown(context, book)
    return Json({**shown.head(), "stats": shown.summary(), "ts": context.clock()})


@router.get("/portfolio", responses=UNKNOWN)
def portfolio(context: Ctx, book: Book = ACTIVE) -> Json:
    """Tell cash, profit and worth of a book, how near its daily loss limit is, sums by symbol and model."""
    shown = _shown(context, book)
    return Json({**shown.head(), **shown.portfolio(), "ts": context.clock()})


@router.get("/positions", responses=UNKNOWN)
def positions(context: Ctx, book: Book = ACTIVE) -> Json:
    """List the open positions; `pnl_usd` is unrealised, after the fees of buying, at a price `age_s` old."""
    shown = _shown(context, book)
    found = shown.positions()
    return Json({**shown.head(), "count": len(found), "positions": found, "ts": context.clock()})


@router.get("/trades", responses=UNKNOWN)
def trades(context: Ctx, limit: Limit = 10, book: Book = ACTIVE, event: Event = "fill") -> Json:
    """List the last fills of a book, newest first; or why orders were not filled. 100 of all are kept."""
    shown = _shown(context, book)
    found = shown.trades(limit, event)
    return Json({**shown.head(), "count": len(found), "trades": found, "ts": context.clock()})


@router.get("/performance", responses=UNKNOWN)
def performance(context: Ctx, book: Book = ACTIVE) -> Json:
    """Tell return, Sharpe ratio, drawdown and win rate of a book, and in `grades` how good each is.

    The Sharpe ratio is a year's, of hourly returns at no risk-free rate; null below 24 hours.
    """
    shown = _shown(context, book)
    return Json({**shown.head(), **shown.performance(), "ts": context.clock()})


@router.get("/equity", responses=UNKNOWN)
def equity(context: Ctx, window: Window = "1d", book: Book = ACTIVE) -> Json:
    """Tell what a book was worth over a window of the log's time, at most 1,500 points, oldest first.

    Each has the `second` of the epoch, the `value`, and the `drawdown` from the highest point before it in
    the window.
    """
    now, account = context.clock(), context.reader.account()
    shown = _book(account, book, now, context.settings.offline_after_s)
    end = (account or {"second": None})["second"] or now // SECOND
    points: list[Plain] = context.reader.equity(book, end - seconds_of(window))
    found = curve(points, POINTS)
    return Json({**shown.head(), "window": window, "count": len(found), "points": found, "ts": now})


def _shown(context: Context, book: str) -> Shown:
    return _book(context.reader.account(), book, context.clock(), context.settings.offline_after_s)


def _book(account: Plain | None, book: str, now: int, limit_s: float) -> Shown:
    books = known(account)
    if book not in books:
        raise UnknownBookError(book, books)
    return Shown(account, book, now, limit_s)
