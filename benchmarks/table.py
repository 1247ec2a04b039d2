"""The tables of result rows: on the screen, and as Markdown, made of what ``results.json`` holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.figures import figure
from benchmarks.results import Row
from benchmarks.tried import TRIED

HEADING = (
    "Made by `python -m benchmarks`: medians over the repeats, and the lowest and highest of them. The "
    "number behind `dense` and `recorded` is the density: ticks per symbol and second, of 20 symbols."
)
PICTURE = "growth.png"
"""The file beside the tables that shows the rows with points."""
HEADER = ("what", "ours (lowest … highest)", "against", "ratio", "target", "met")


def cells(row: Row) -> tuple[str, ...]:
    """Return a row as the texts of a table."""
    return (
        row.name,
        f"{figure(row.ours)} {row.unit} ({_between(row.spread, figure)})",
        f"{figure(row.against)} {row.unit}: {row.against_what}" if row.against is not None else "",
        f"{row.ratio:.2f} ({_between(row.ratio_spread, '{:.2f}'.format)})" if row.ratio_spread else "",
        row.target or "",
        {True: "yes", False: "NO", None: ""}[row.met],
    )


def _between(spread: tuple[float, float], text: Callable[[float], str]) -> str:
    return " … ".join(map(text, spread))


def markdown(told: Mapping[str, Any], tried: Mapping[str, str] = TRIED) -> str:
    """Return the table, its notes, the curves' picture, the machine, and what was missed as Markdown.

    ``told`` is the object of ``results.json``; ``tried`` says by the start of a row's name what was tried.
    """
    rows = [Row(**each) for each in told["rows"]]
    facts = {**told["machine"], "broker": told["broker"]}
    lines = ["# Benchmarks", "", HEADING, ""]
    lines += [_line(HEADER), _line(["---"] * len(HEADER)), *(_line(cells(row)) for row in rows), ""]
    lines += [f"- {row.name}: {row.note}" for row in rows if row.note] + [""]
    lines += [f"![Cost against size]({PICTURE})", ""] if any(row.points for row in rows) else []
    lines += [f"{name}: {value}  " for name, value in facts.items()]
    lines += ["", "## Missed", "", *_missed(rows, tried)]
    lines += [f"- {name} failed: {why}" for name, why in told["failed"].items()]
    return "\n".join(lines).rstrip() + "\n"


def _missed(rows: Sequence[Row], tried: Mapping[str, str]) -> list[str]:
    """Return a line for each target that was missed: how far, what is known of it, what was tried."""
    return [_how_far(row, tried) for row in rows if row.met is False] or ["No target."]


def _how_far(row: Row, tried: Mapping[str, str]) -> str:
    more = [f"tried: {text}" for start, text in tried.items() if row.name.startswith(start)]
    return "; ".join(
        [f"- {row.name}: {row.reached} instead of {row.target}", *filter(None, [row.note]), *more]
    )


def _line(texts: Sequence[str]) -> str:
    return f"| {' | '.join(texts)} |"
