"""A book of the paper account as the API shows it: numbers, and how old they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from api.shown.freshness import Plain, age_s
from api.shown.living import living, state
from api.shown.numbers import number, numbers

ACTIVE, CHALLENGER = "active", "challenger"
BOOKS = (ACTIVE, CHALLENGER)

_MONEY = ("cash", "fees", "realised", "unrealised", "pnl_1d", "pnl_7d", "day_pnl")
_LIMITS = ("day_limit", "near_limit")
_POSITION = ("qty", "cost", "fees", "price", "value")
_FILL = ("price", "qty", "notional", "fee", "slippage", "realised", "cash", "position")
_FIGURES = ("win_rate", "average_trade_pct", "sharpe", "drawdown", "max_drawdown", "grades")


class Shown:
    """One book of the account, or the lack of it: then every figure is null."""

    def __init__(self, account: Plain | None, book: str, now: int, limit_s: float) -> None:
        self._account, self._now = account, now
        self.book = book
        self.body: Plain | None = (account or {"books": {}})["books"].get(book)
        self._living = living(account, now, limit_s)

    def head(self) -> Plain:
        """Return what every answer begins with; ``age_s`` is that of the book's last record."""
        age = None if self.body is None else age_s(self.body["ts"], self._now)
        status = state(self._account, self._living["online"])
        return {"book": self.book, "status": status, **self._living, "age_s": age}

    def summary(self) -> Plain:
        """Return the statistics of the book."""
        body = self.body
        if body is None:
            names = ("total_equity", "total_pnl", "total_trades", "wins", "win_rate", *_MONEY, "drawdown",
                     "max_drawdown", "sharpe")  # fmt: skip
            return dict.fromkeys(names) | {"open_positions": 0}
        return {
            "total_equity": number(body["equity"]),
            "total_pnl": number(body["pnl"]),
            "total_trades": body["trades"],
            "wins": body["wins"],
            "win_rate": body["win_rate"],
            **numbers(body, _MONEY),
            **{name: body[name] for name in ("drawdown", "max_drawdown", "sharpe")},
            "open_positions": len(body["positions"]),
        }

    def portfolio(self) -> Plain:
        """Return what the book holds in sum, and how near it is to its limits."""
        body = self.body
        if body is None:
            names = ("total_pnl", "cash_balance", "total_equity", "positions_value", *_MONEY[1:], *_LIMITS,
                     "limit_reached")  # fmt: skip
            return dict.fromkeys(names) | {"count": 0, "by_symbol": {}, "by_model": {}}
        return {
            "total_pnl": number(body["pnl"]),
            "cash_balance": number(body["cash"]),
            "total_equity": number(body["equity"]),
            "positions_value": sum((float(one["value"]) for one in body["positions"]), 0.0),
            **numbers(body, _MONEY[1:] + _LIMITS),
            "limit_reached": body["limit_reached"],
            "count": len(body["positions"]),
            "by_symbol": _by(body["by_symbol"]),
            "by_model": _by(body["by_model"]),
        }

    def positions(self) -> list[Plain]:
        """Return the open positions; ``pnl_usd`` is unrealised, after the fees of buying."""
        return [_position(one) for one in (self.body or {"positions": ()})["positions"]]

    def trades(self, limit: int, event: str) -> list[Plain]:
        """Return the last trades and orders that were not filled, newest first."""
        found = (self._account or {"trades": {}})["trades"].get(self.book, [])
        wanted = [one for one in reversed(found) if event in ("all", one["event"])]
        return [_trade(one, self._now) for one in wanted[:limit]]

    def performance(self) -> Plain:
        """Return how well the book has done, each figure with its grade."""
        body = self.body
        if body is None:
            return dict.fromkeys(("total_return_pct", "max_drawdown_pct", *_FIGURES, "trades", "total_pnl"))
        pnl, equity = float(body["pnl"]), float(body["equity"])
        return {
            "total_return_pct": 100.0 * pnl / (equity - pnl),
            "max_drawdown_pct": 100.0 * body["max_drawdown"],
            **{name: body[name] for name in _FIGURES},
            "trades": body["trades"],
            "total_pnl": pnl,
        }


def known(account: Plain | None) -> list[str]:
    """Return the books that can be asked for."""
    return sorted({*BOOKS, *(account or {"books": {}})["books"]})


def curve(points: Sequence[Plain], most: int) -> list[Plain]:
    """Return at most ``most`` points, the last of each stretch, each with its ``drawdown``.

    That is how far the value is below the highest point before it in the window, as a share of it.
    """
    step = max(1, -(-len(points) // most))
    ends = {*range(len(points) - 1, -1, -step)}
    return [point for place, point in enumerate(_falls(points)) if place in ends]


def _falls(points: Iterable[Plain]) -> Iterable[Plain]:
    peak = 0.0
    for point in points:
        peak = max(peak, point["value"])
        yield {**point, "drawdown": (peak - point["value"]) / peak if peak > 0 else 0.0}


def _position(one: Plain) -> Plain:
    pnl, cost = float(one["pnl"]), float(one["cost"]) + float(one["fees"])
    said = {name: one[name] for name in ("symbol", "venue", "model")}
    return {
        **said,
        **numbers(one, _POSITION),
        "pnl_usd": pnl,
        "pnl_pct": 100.0 * pnl / cost if cost else None,
    }


def _trade(one: Plain, now: int) -> Plain:
    kept = ("id", "event", "symbol", "venue", "side", "source", "reason", "model", "ts", "ordered_ts")
    return {name: one[name] for name in kept} | numbers(one, _FILL) | {"age_s": age_s(one["ts"], now)}


def _by(of: Plain) -> dict[str, Any]:
    return {name: _figures(one) for name, one in of.items()}


def _figures(one: Any) -> Any:
    return (
        {k: float(v) if isinstance(v, str) else v for k, v in one.items()} if isinstance(one, dict) else one
    )
