"""No source under ``models/`` reads a later row by a negative shift; the classic way a future slips in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SHIFTS = {"shift", "roll", "lag", "window_sum", "window_max", "diff", "pct_change"}
STEPS = {"periods", "n", "steps", "span", "shift"}
"""The keywords that say by how much."""


def negative_shifts(source: str) -> Iterator[int]:
    """Yield the lines on which something is shifted by a negative constant."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in SHIFTS:
            method = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") != "np"
            values = [*node.args[not method :], *(k.value for k in node.keywords if k.arg in STEPS)]
            if any(isinstance(v, ast.UnaryOp) and isinstance(v.op, ast.USub) for v in values):
                yield node.lineno


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@pytest.mark.parametrize("room", ["market", "training", "scoring", "judge"])
def test_nothing_is_shifted_backwards(room: str) -> None:
    """A label is joined by its second, never by a shift."""
    files = sorted((ROOT / "models" / room).glob("*.py"))

    found = {path.name: list(negative_shifts(path.read_text(encoding="utf-8"))) for path in files}

    assert files and {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    ["x.shift(-1)", "x.shift(periods=-5)", "np.roll(x, -k)", "lag(both, n, -1)", "x.shift(-n, fill_value=0)"],
)
def test_a_negative_shift_is_seen(line: str) -> None:
    """Constants and negated names, by position and by keyword."""
    assert list(negative_shifts(line)) == [1]


@pytest.mark.parametrize(
    "line", ["x.shift(1)", "np.roll(x, 1, axis=-1)", "np.diff(x, prepend=-1)", "window_max(-low, n, 5)"]
)
def test_what_looks_back_is_no_negative_shift(line: str) -> None:
    """Nor is the number of an axis."""
    assert list(negative_shifts(line)) == []
