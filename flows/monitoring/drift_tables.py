"""The tables of ``levibot drift``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from flows.monitoring.writing import NONE, count, days, moment, number, short
from models.monitor.lines.drift_lines import DriftLine, Feature

Plain = dict[str, Any]

COLOURS = {"ok": "green", "watch": "yellow", "alert": "red", "kill": "bold red"}
NAMES, FIGURES = ("symbol", "kind", "detector", "window", "feature"), ("value", "limit")
"""Of an event; one of all symbols of a shard names none."""
RIGHT = ("rows", "PSI", "limit", "false alarm every", "KS", "KS limit", "PSI, 15 min before")


def levels_table(lines: Sequence[DriftLine], window: str) -> Table:
    """Return a row for each of the top features, the model and symbol beside the first of them."""
    table = Table(title=f"drift over {window}, up to {moment(max(line.ts for line in lines))} UTC", box=None)
    for name in ("model", "symbol", "level", "rows", "feature", *RIGHT[1:], ""):
        table.add_column(name, justify="right" if name in RIGHT else "left", no_wrap=True)
    for line in lines:
        for cells in _rows(line):
            table.add_row(*cells)
    return table


def events_table(events: Sequence[Plain]) -> Table:
    """Return the crossings and recoveries, one a row."""
    table = Table(title="crossings", box=None)
    for name in ("time (UTC)", "model", *NAMES, "from", "to", *FIGURES):
        table.add_column(name, justify="right" if name in FIGURES else "left", no_wrap=True)
    for event in events:
        names = (event.get(field) or NONE for field in NAMES)
        levels = (_level(event.get(field)) for field in ("before", "level"))
        figures = (number(event.get(field)) for field in FIGURES)
        table.add_row(moment(event["ts"]), short(event["reference"]), *names, *levels, *figures)
    return table


def _rows(line: DriftLine) -> Iterator[tuple[str, ...]]:
    said = "insufficient_data" if line.insufficient_data else _level(line.level)
    head = short(line.reference), line.symbol, said, count(line.rows)
    if line.insufficient_data or not line.top:
        yield *head, NONE
        return
    for place, feature in enumerate(line.top):
        yield *(head if place == 0 else ("", "", "", "")), *_cells(feature)


def _cells(feature: Feature) -> tuple[str, ...]:
    figures = number(feature.psi), number(feature.psi_limit), days(feature.expected_days)
    ks = number(feature.ks), number(feature.ks_limit)
    before = number(feature.previous)
    colour = COLOURS.get(feature.previous_level or "")
    before = f"[{colour}]{before}[/]" if colour else before
    return feature.name, *figures, *ks, before, _level(feature.level)


def _level(level: str | None) -> str:
    return f"[{COLOURS[level]}]{level}[/]" if level in COLOURS else level or NONE
