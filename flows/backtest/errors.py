"""What can be wrong with a backtest."""

from __future__ import annotations


class BacktestError(RuntimeError):
    """It cannot be run as it was asked for; the message says what to do."""
