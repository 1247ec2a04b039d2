"""What the trials come to, as a table and as data."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from flows.kill_trials.run import Run

WITHIN_MS = 100.0
"""What the 99th percentile is held to."""
UNCHECKED, BROKEN, HOLDS = 2, 1, 0


class Spread(NamedTuple):
    """Percentiles by nearest rank, ms."""

    p50: float
    p99: float
    worst: float


def spread(times: list[int]) -> Spread:
    """Return the percentiles of times in ms, each of them one of the times."""
    p50, p99 = np.quantile(times, (0.5, 0.99), method="inverted_cdf")
    return Spread(float(p50), float(p99), float(max(times)))


class Outcome(NamedTuple):
    """A run, and where it was."""

    run: Run
    where: str

    @property
    def last_order(self) -> Spread:
        """Return from a kill on the control topic to the last signal but HOLD of any shard."""
        return spread([trial.last_order_ms for trial in self.run.trials])

    @property
    def acknowledged(self) -> Spread:
        """Return from a kill on the control topic to the last shard's journal entry."""
        return spread([trial.acknowledged_ms for trial in self.run.trials])

    @property
    def broken(self) -> int:
        """Return how many signals behind an acknowledgement were no HOLD."""
        every = [*self.run.ahead, *self.run.trials]
        return sum(trial.broken for trial in every) + self.run.restart.broken

    @property
    def idle(self) -> int:
        """Return how many trials found a shard without a backlog: they say nothing."""
        return sum(trial.backlog <= 0 for trial in self.run.trials)

    @property
    def exit_code(self) -> int:
        """Return 0 where the kill holds and is fast, 1 where not, 2 where there was no backlog to kill."""
        if self.broken or self.last_order.p99 > WITHIN_MS:
            return BROKEN
        return UNCHECKED if self.idle else HOLDS

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        run = self.run
        return {
            "exit_code": self.exit_code,
            "where": self.where,
            "trials": len(run.trials),
            "last_order_ms": self.last_order._asdict(),
            "acknowledged_ms": self.acknowledged._asdict(),
            "within_ms": WITHIN_MS,
            "held": sum(trial.held for trial in run.trials),
            "broken": self.broken,
            "trials_without_backlog": self.idle,
            "least_backlog": min(trial.backlog for trial in run.trials),
            "ahead_last_order_ms": [trial.last_order_ms for trial in run.ahead],
            "each_last_order_ms": [trial.last_order_ms for trial in run.trials],
            "restart": run.restart._asdict(),
        }

    def tables(self) -> list[Table]:
        """Return the times, and the counts."""
        times = Table("after the kill was on the control topic, ms", "p50", "p99", "worst", box=None)
        for name, one in (
            ("the last signal but HOLD of any shard", self.last_order),
            ("the last shard's acknowledgement", self.acknowledged),
        ):
            times.add_row(name, *(f"{value:,.0f}" for value in one))
        told, restart = self.as_dict(), self.run.restart
        counts = Table("figure", "value", box=None)
        counts.add_row("trials", f"{told['trials']:,}")
        counts.add_row("signals behind an acknowledgement", f"{told['held']:,}")
        counts.add_row("of all such signals no HOLD", f"{self.broken:,}")
        counts.add_row("least backlog of a shard at a kill, ticks", f"{told['least_backlog']:,}")
        counts.add_row("worst of the trials ahead, topics new, ms", f"{max(told['ahead_last_order_ms']):,}")
        counts.add_row(f"signals after a crash of {restart.what}, killed before", f"{restart.held:,}")
        counts.add_row("of these no HOLD", f"{restart.broken:,}")
        return [times, counts]
