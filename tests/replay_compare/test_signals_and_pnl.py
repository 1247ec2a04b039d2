"""Signals and PnL of a run beside those of its replay."""

from __future__ import annotations

from typing import Any

from models.consistency.decisions import DecisionTally
from models.consistency.pnl import PnlComparison


def signal(ts: int, said: str, symbol: str = "BTCUSDT") -> dict[str, Any]:
    """Return what is compared of a ``signals`` body."""
    return {"symbol": symbol, "venue": "", "ts": ts, "signal": said}


def test_signals_are_counted_on_both_sides() -> None:
    """One changed, one of another symbol, one that the replay does not have."""
    tally = DecisionTally()
    tally.take(signal(1, "BUY"), signal(1, "BUY"))
    tally.take(signal(2, "BUY"), signal(2, "HOLD"))
    tally.take(signal(3, "HOLD"), signal(3, "HOLD", "ETHUSDT"))
    tally.take(signal(4, "SELL"), None)
    assert tally.as_dict() == {
        "live": {"BUY": 2, "HOLD": 1, "SELL": 1}, "replay": {"BUY": 1, "HOLD": 2}, "different": 3
    }  # fmt: skip


def account(ts: int, equity: str, fees: str, trades: int, book: str = "active") -> dict[str, Any]:
    """Return what is compared of an ``account`` body."""
    return {"book": book, "ts": ts, "equity": equity, "fees": fees, "trades": trades}


def test_pnl_is_exact_to_the_last_digit() -> None:
    """Between the first and the last record of a book, whatever binary fractions would make of it."""
    found = PnlComparison()
    start = account(1, "1000.10000000", "0.10000000", 3)
    found.take(start, start)
    found.take(account(2, "1000.30000000", "0.30000000", 5), account(2, "1000.29999999", "0.30000000", 5))
    assert found.as_dict() == {
        "active": {
            "live": {
                "from_ts": 1, "to_ts": 2, "equity": "1000.30000000", "pnl": "0.20000000",
                "fees": "0.20000000", "trades": 2,
            },
            "replay": {
                "from_ts": 1, "to_ts": 2, "equity": "1000.29999999", "pnl": "0.19999999",
                "fees": "0.20000000", "trades": 2,
            },
            "difference": "-0.00000001",
        }
    }  # fmt: skip


def test_books_are_apart_and_a_replay_may_have_ended() -> None:
    """Then there is no difference to tell."""
    found = PnlComparison()
    found.take(account(1, "1000.00000000", "0.00000000", 0, "challenger"), None)
    found.take(account(1, "1000.00000000", "0.00000000", 0), account(1, "1000.00000000", "0.00000000", 0))
    told = found.as_dict()
    assert told is not None
    assert list(told) == ["active", "challenger"]
    assert told["active"]["difference"] == "0.00000000"
    assert (told["challenger"]["replay"], told["challenger"]["difference"]) == (None, None)


def test_without_an_account_there_is_no_pnl() -> None:
    """Null, not 0."""
    assert PnlComparison().as_dict() is None
