"""The table of ``levibot calibration``."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from flows.monitoring.writing import NONE, count, days, interval, moment, number, share, short
from models.monitor.lines.calibration_lines import CalibrationLine

LEFT = ("model", "symbol", "scores")
COLUMNS = (
    "model", "symbol", "covers", "n", "n_eff", "ECE", "95 % interval", "floor", "limit", "equal mass",
    "Brier", "log-loss", "hits", "confid", "scores",
)  # fmt: skip
ALERT = 0.06
"""An ECE above it, and above its limit, is shown in red."""


def calibration_table(lines: Sequence[CalibrationLine], window: str, threshold: float | None) -> Table:
    """Return one row a line; of several symbols as one, floor and limit are bounds."""
    title = f"calibration over {window}, up to {moment(max(line.ts for line in lines))} UTC"
    table = Table(title=title, box=None, caption="<= : a bound, however far the symbols move together")
    for name in COLUMNS:
        table.add_column(name, justify="left" if name in LEFT else "right", no_wrap=True)
    for line in lines:
        table.add_row(*_cells(line, ALERT if threshold is None else threshold))
        if line.symbol is None:
            table.add_section()
    return table


def _cells(line: CalibrationLine, threshold: float) -> tuple[str, ...]:
    found, ece = line.figures, line.ece
    value = number(ece.get("value"))
    bound = "<= " if line.symbols > 1 else ""
    return (
        short(line.reference),
        line.symbol or f"all {line.symbols}",
        days(found["seconds"] / 86_400) if found.get("seconds") else NONE,
        count(found["n"]) if found["n"] else NONE,
        count(found.get("n_eff")),
        f"[red]{value}[/]" if line.above(threshold) else value,
        interval(ece.get("low"), ece.get("high")),
        *(NONE if ece.get(name) is None else bound + number(ece[name]) for name in ("floor", "limit")),
        number((found.get("ece_equal_mass") or {}).get("value")),
        number((found.get("brier") or {}).get("value")),
        number(found.get("log_loss")),
        share(found.get("hit_rate")),
        number(found.get("confid_median")),
        found.get("balance") or NONE,
    )
