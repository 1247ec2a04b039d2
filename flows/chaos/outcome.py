"""What the chaos did and what is left of it, as a table and as data."""

from __future__ import annotations

from statistics import median
from typing import Any, NamedTuple

from rich.table import Table

from connectors.failpoints import POINTS
from flows.chaos.plan import COMMIT
from flows.chaos.run import Chaos, Recovery
from verifier.findings import (
    DIFFERENT,
    DUPLICATED,
    JOURNAL,
    LOST,
    NOT_HELD,
    NUMBERING,
    OUT_OF_ORDER,
    UNEXPECTED,
)
from verifier.report import Report


class Bytes(NamedTuple):
    """Published records against a replay in one go."""

    compared: int
    different: int


class Outcome(NamedTuple):
    """A run of chaos and what the verifiers say of it."""

    chaos: Chaos
    report: Report
    bytes: Bytes

    @property
    def exit_code(self) -> int:
        """Return 0 where everything holds, 1 where something is broken, 2 where not all could be checked."""
        return 1 if self.bytes.different else self.report.exit_code

    @property
    def figures(self) -> dict[str, int | float]:
        """Return the figures by name, in the order in which people look at them."""
        times = [recovery.seconds for recovery in self.chaos.recoveries]
        return {
            "kills": self.chaos.kills,
            "kills of the paper account": self.chaos.account_kills,
            "commands sent": self.chaos.commands,
            "tick records": sum(shard.tick_records for shard in self.report.shards),
            "records expected": self.report.total("expected"),
            "lost": self.report.of(LOST),
            "duplicated": self.report.of(DUPLICATED),
            "different": self.report.of(DIFFERENT) + self.report.of(UNEXPECTED),
            "out of order per symbol": self.report.of(OUT_OF_ORDER),
            "signals under a kill": sum(shard.killed_signals for shard in self.report.shards),
            "non-HOLD under kill": self.report.of(NOT_HELD),
            "broken numbering": self.report.of(NUMBERING) + self.report.of(JOURNAL),
            "records compared with a replay": self.bytes.compared,
            "other bytes than the replay": self.bytes.different,
            "caught up after, median s": round(median(times), 2) if times else 0.0,
            "caught up after, worst s": round(max(times, default=0.0), 2),
        }

    @property
    def slowest(self) -> str:
        """Return what the slowest recovery came after, "" where there was none."""
        return max(self.chaos.recoveries, default=Recovery(0.0, "")).after

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "exit_code": self.exit_code,
            "seed": self.chaos.seed,
            "figures": self.figures,
            "killed": dict(self.chaos.killed),
            "disturbed": dict(self.chaos.disturbed),
            "not possible here": self.chaos.impossible,
            "recovery_s": [round(recovery.seconds, 2) for recovery in self.chaos.recoveries],
            "slowest recovery after": self.slowest,
            "verifier": self.report.as_dict(),
        }

    def tables(self) -> list[Table]:
        """Return the figures, and where it was killed and disturbed."""
        figures = Table("figure", "value", box=None)
        for name, value in self.figures.items():
            figures.add_row(name, f"{value:,}")
        figures.add_row("the slowest came after", self.slowest)
        places = Table("killed", "times", box=None)
        for place in dict.fromkeys([*POINTS, COMMIT, *self.chaos.killed]):
            places.add_row(place, str(self.chaos.killed[place]))
        around = Table("disturbed", "times", box=None)
        for name, times in self.chaos.disturbed.items():
            around.add_row(name, str(times))
        for name, why in self.chaos.impossible.items():
            around.add_row(name, f"not here: {why}")
        return [figures, places, around]
