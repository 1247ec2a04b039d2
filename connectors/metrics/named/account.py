"""The paper account."""

from __future__ import annotations

from connectors.metrics.described import API, PAPER, Described

_ON = PAPER + API
_BOOK = ("book",)

ACCOUNT: dict[str, Described] = {
    "levibot_equity": Described("gauge", _BOOK, _ON, "What a paper book is worth, in the quote currency."),
    "levibot_paper_money": Described(
        "gauge", ("book", "what"), _ON,
        "Money of a paper book: equity, cash, fees, realised, unrealised, pnl, pnl_1d, pnl_7d, day_pnl, and "
        "where a daily loss is limited day_limit (the limit) and near_limit (nine tenths of it)."),
    "levibot_paper_drawdown": Described("gauge", _BOOK, _ON, "Share below the peak."),
    "levibot_paper_max_drawdown": Described("gauge", _BOOK, _ON, "The largest such share so far."),
    "levibot_paper_sharpe": Described(
        "gauge", _BOOK, _ON, "Annualised Sharpe ratio; absent while there is none."),
    "levibot_paper_win_rate": Described("gauge", _BOOK, _ON, "Share of the closed trades that won."),
    "levibot_paper_trades_total": Described("counter", _BOOK, _ON, "Closed trades."),
    "levibot_paper_wins_total": Described("counter", _BOOK, _ON, "Closed trades that won."),
    "levibot_paper_positions": Described("gauge", _BOOK, _ON, "Positions held."),
    "levibot_paper_events_total": Described(
        "counter", ("book", "event", "reason"), PAPER,
        "Fills, orders blocked and orders cancelled since the process began, by reason."),
    "levibot_paper_second": Described(
        "gauge", (), _ON, "Next second of the epoch that the account takes in."),
}  # fmt: skip
