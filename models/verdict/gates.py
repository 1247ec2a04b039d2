"""The gates of a verdict, and the criteria of one gate against what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from models.rollout.plan import Checked, Criterion
from models.rules.evaluate import Sample
from models.verdict.checking import Check, checked, holds, taken_literally

CHECKS, PROMOTE, EXTEND, KEEP, READY = "checks", "promote", "extend", "keep", "ready"
NEEDED = (CHECKS, PROMOTE, KEEP)
PASSED = "verdict.checks_passed"
"""The metric that the verdict itself makes: how many of the checks passed."""


class BadGatesError(ValueError):
    """A profile has no gates from which a verdict can be made; the message names what is missing."""


class Judged(NamedTuple):
    """A criterion, what was found of it, and what would change that."""

    criterion: Criterion
    found: Checked
    change: str


def require(gates: Mapping[str, tuple[Criterion, ...]]) -> None:
    """Raise ``BadGatesError`` unless all gates that a verdict needs are there."""
    missing = [name for name in NEEDED if not gates.get(name)]
    if missing:
        raise BadGatesError(
            f"no verdict without the gates {', '.join(missing)}: take a profile that has them"
        )


def judged(criteria: Sequence[Criterion], check: Check, passed: int, *, literal: bool) -> tuple[Judged, ...]:
    """Return what is found of criteria, of which those of ``PASSED`` are about the checks that passed."""
    own = Sample(PASSED, "all", float(passed))
    found = [
        checked(one, own) if one.metric == PASSED else seen
        for one, seen in zip(criteria, check(criteria), strict=True)
    ]
    return tuple(
        _judged(one, taken_literally(one, seen) if literal else seen)
        for one, seen in zip(criteria, found, strict=True)
    )


def _judged(criterion: Criterion, found: Checked) -> Judged:
    return Judged(criterion, found, _change(criterion, found))


def _change(criterion: Criterion, found: Checked) -> str:
    """Return what it takes for another outcome."""
    asked = f"{criterion.metric} {criterion.op} {criterion.value:g}"
    if found.value is None or found.outcome == "error":
        return f"needs a measurement of {asked}"
    if criterion.least_n > (found.n or 0):
        return f"needs {criterion.least_n - (found.n or 0)} more samples of {asked}"
    way = "at most" if criterion.op.startswith("<") else "at least"
    strict = {"<": "below", ">": "above"}.get(criterion.op, way)
    room = abs(criterion.value - found.value)
    if holds(criterion, found.value):
        return f"would fail {room:.6g} further on, as {asked} must hold"
    return f"needs {criterion.metric} {strict} {criterion.value:g}: {room:.6g} from {found.value:.6g}"
