"""The tables of ``levibot snapshot audit``."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from flows.monitoring.audit_summary import PARTS
from flows.monitoring.writing import count, number, share

Plain = dict[str, Any]


def bucket_table(found: Plain) -> Table:
    """Return how many scores lie in each tenth."""
    table = Table(title="scores", box=None)
    for name in ("bucket", "count", "share"):
        table.add_column(name, justify="right")
    for one in found["buckets"]:
        table.add_row(f"{one['left']:.1f}-{one['right']:.1f}", count(one["count"]), share(one["share"]))
    return table


def parts_table(found: Plain) -> Table:
    """Return mean and correlations of the signal's parts."""
    parts = found["signal_parts"]
    table = Table(title=f"signal parts of {parts['count']:,} items", box=None)
    table.add_column("part")
    for name in ("mean", *PARTS):
        table.add_column(name, justify="right")
    for name, row in zip(PARTS, parts["correlations"], strict=True):
        table.add_row(name, number(parts["means"][name]), *(number(value, 2) for value in row))
    return table
