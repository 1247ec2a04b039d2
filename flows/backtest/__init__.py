"""``levibot backtest``: recorded ticks through the live stages and the paper account, into a report."""
