"""The paper account as ``/paper/*`` tells it: figures, positions and the curve of a day."""

from __future__ import annotations

from api.shown.freshness import Plain
from api.shown.paper import ACTIVE, Shown, curve

POINTS = 288
"""A day in steps of five minutes."""
_FIGURES = (
    "total_equity", "total_pnl", "pnl_1d", "pnl_7d", "drawdown", "max_drawdown", "total_trades", "win_rate",
    "sharpe",
)  # fmt: skip
_POSITION = ("symbol", "qty", "price", "value", "pnl_usd")


def paper(account: Plain | None, equity: list[Plain], now: int, limit_s: float) -> Plain | None:
    """Return how the active book stands; None where there is none."""
    shown = Shown(account, ACTIVE, now, limit_s)
    if shown.body is None:
        return None
    figures = shown.summary()
    return {
        **shown.head(),
        **{name: figures[name] for name in _FIGURES},
        "limit_reached": shown.body["limit_reached"],
        "positions": [{name: one[name] for name in _POSITION} for one in shown.positions()],
        "curve": [[point["second"], point["value"], point["drawdown"]] for point in curve(equity, POINTS)],
    }
