"""Checklists and gates as tables for people."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from flows.checks.gate import Verdict
from flows.checks.measuring.measures import Line
from flows.checks.seen import Looked

STATES = {"passed": "green", "failed": "red", "manual": "cyan", "unknown": "yellow"}
OUTCOMES = {"success": "green", "fail": "red"}
COLUMNS = ("criterion", "value", "wanted", "n", "outcome", "requirement")


def checklist(found: Iterable[Looked]) -> Table:
    """Return a line for each item: its state, what was seen, what to do."""
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column("item", no_wrap=True)  # a name in two lines could not be searched for
    for name in ("", "seen", "what to do", "row"):
        table.add_column(name, overflow="fold")
    for one in found:
        state = Text(one.state, style=STATES[one.state])
        table.add_row(one.item, state, Text(one.evidence), Text(one.do), one.requirement)
    return table


def gate_table(verdict: Verdict) -> Table:
    """Return a line for each criterion with its value, its limit and how many samples stand behind it."""
    table = Table(title=f"{verdict.profile}, gate {verdict.gate}", box=None, padding=(0, 1, 0, 0))
    for name in COLUMNS:
        table.add_column(name, overflow="fold")
    for line in verdict.lines:
        outcome = line.checked.outcome
        *cells, last = _cells(line)
        table.add_row(*cells[:4], Text(cells[4], style=OUTCOMES.get(outcome, "yellow")), last)
    return table


def gate_markdown(verdict: Verdict) -> str:
    """Return the same as Markdown, with the answer on top."""
    rows = ["| " + " | ".join(_cells(line)) + " |" for line in verdict.lines]
    head = [f"# {verdict.answer}: {verdict.profile}, gate {verdict.gate}", ""]
    return "\n".join([*head, "| " + " | ".join(COLUMNS) + " |", "|---" * len(COLUMNS) + "|", *rows, ""])


def _cells(line: Line) -> tuple[str, ...]:
    one, found = line.criterion, line.checked
    told = found.outcome if found.outcome in ("success", "fail") else f"{found.outcome}: {found.why}"
    return (
        one.name if one.critical else f"{one.name} (not critical)",
        "-" if found.value is None else f"{found.value:.6g}",
        f"{one.op} {one.value:g}",
        "-" if found.n is None else f"{found.n:,}",
        told,
        one.requirement,
    )
