"""Records of the account as plain data: amounts are decimal texts, what does not apply is null."""

from __future__ import annotations

from typing import Any, NamedTuple

from models.desk.gate import SIGNALS
from models.judge.records import record_id
from models.paper.costs import Costs, worth
from models.paper.money import amount_text, price_text
from models.paper.order import Fill, Order
from models.paper.scene import Scene, full_name, plain_name, venue_of
from models.paper.standing import Standing
from models.paper.words import CANARY
from models.performance.grades import grades

TRADES, ACCOUNT = "trades", "account"
"""The account's topics."""

Body = dict[str, Any]


class Note(NamedTuple):
    """A record without its cause and its number."""

    topic: str
    key: str
    body: Body


def trade(of: Standing, now: int, event: str, order: Order, reason: str, fill: Fill | None = None) -> Note:
    """Return what became of an order, as a note for ``trades``."""
    held = of.book.positions.get(order.symbol)
    side = SIGNALS[order.side]
    body = {
        "id": record_id("trade", full_name(order.symbol), now, of.name, event, side, order.origin),
        "book": of.name,
        "event": event,
        "symbol": plain_name(order.symbol),
        "venue": venue_of(order.symbol),
        "ts": now,
        "side": side,
        "source": order.source,
        "reason": reason,
        "model": order.model,
        "ordered_ts": order.ordered_ts,
        "signal_id": order.signal_id,
        "command_id": order.command_id,
        **_filled(fill),
        "cash": amount_text(of.book.cash),
        "position": amount_text(held.qty if held else 0),
    }
    return Note(TRADES, body["symbol"], body | ({"tag": "[CANARY]"} if reason == CANARY else {}))


def _filled(fill: Fill | None) -> Body:
    if fill is None:
        return dict.fromkeys(("price", "qty", "notional", "fee", "slippage", "realised"))
    return {
        "price": price_text(fill.price),
        "qty": amount_text(fill.qty),
        "notional": amount_text(fill.notional),
        "fee": amount_text(fill.fee),
        "slippage": amount_text(fill.slippage),
        "realised": None if fill.realised is None else amount_text(fill.realised),
    }


def account(of: Standing, costs: Costs, scene: Scene, event: str, *more: str) -> Note:
    """Return how a book stands, as a note for ``account``; ``more`` tells records of one second apart."""
    positions, value, open_fees = _positions(of, scene)
    equity = of.book.cash + value
    cost = sum(held.cost for held in of.book.positions.values())
    limit = scene.limits.loss
    figures = {
        "equity": equity,
        "cash": of.book.cash,
        "fees": of.book.fees,
        "gross": of.book.gross,
        "realised": of.tally.realised,
        "unrealised": value - cost - open_fees,
        "pnl": equity - costs.start,
        "pnl_1d": equity - of.curve.day_ago,
        "pnl_7d": equity - of.curve.week_ago,
        "day_pnl": equity - of.day.opened,
        "day_limit": limit,
        "near_limit": None if limit is None else costs.near(limit),
    }
    texts = {name: None if units is None else amount_text(units) for name, units in figures.items()}
    body = {
        "id": record_id("account", "", scene.now, of.name, event, *more),
        "book": of.name,
        "event": event,
        "ts": scene.now,
        **texts,
        "limit_reached": of.day.reached,
        "positions": positions,
        **_performance(of),
        "by_symbol": of.tally.by_symbol(),
        "by_model": of.tally.by_model(),
    }
    return Note(ACCOUNT, of.name, body)


def _positions(of: Standing, scene: Scene) -> tuple[list[Body], int, int]:
    """Return the positions by symbol, what they are worth and what buying them cost in fees."""
    found, total, fees = [], 0, 0
    for symbol, held in sorted(of.book.positions.items()):
        price = scene.price_of(symbol)
        value = worth(held.qty, price)
        total += value
        fees += held.fees
        found.append({
            "symbol": plain_name(symbol),
            "venue": venue_of(symbol),
            "qty": amount_text(held.qty),
            "cost": amount_text(held.cost),
            "fees": amount_text(held.fees),
            "price": price_text(price),
            "value": amount_text(value),
            "pnl": amount_text(value - held.cost - held.fees),
            "model": held.model,
        })  # fmt: skip
    return found, total, fees


def _performance(of: Standing) -> Body:
    tally, curve = of.tally, of.curve
    worst = curve.max_drawdown
    return {
        "trades": tally.trades,
        "wins": tally.wins,
        "win_rate": tally.win_rate,
        "average_trade_pct": tally.average_pct,
        "sharpe": curve.sharpe,
        "drawdown": curve.drawdown,
        "max_drawdown": worst,
        "grades": grades(curve.sharpe, tally.win_rate, worst, tally.average_pct),
    }
