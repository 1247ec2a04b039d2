"""The drills as a table on a terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from flows.error_drill.page import mttr, seconds
from flows.error_drill.result import Outcome


def overview(outcome: Outcome) -> Table:
    """Return a line for each drill."""
    table = Table("drill", "lasted", "noticed after", "by", "MTTR", "", box=None)
    for one in outcome.drills:
        by = one.sights[0].what if one.sights else "-"
        told = Text("pass", style="green") if one.passed else Text("FAIL", style="red")
        table.add_row(one.name, seconds(one.lasted_s), seconds(one.noticed_s), by, mttr(one), told)
    return table
