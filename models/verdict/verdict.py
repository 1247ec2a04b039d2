"""PROMOTE, EXTEND or ROLLBACK, by the gates of a profile.

The owner's rules are data (``configs/profiles/marathon.yml``): five checks; a gate ``promote`` of which all
must hold; a gate ``keep`` of which one that fails rolls back; ``ready``, told beside them. What is neither
promoted nor rolled back is extended. Two ways to read them:

- **strict** (the default): of the checks only one that is not critical may be missed. Nothing is failed that
  chance explains: a measurement within its limit shows neither good nor bad, and so can neither promote nor
  roll back. Nor does want of data: only checks that *failed* count against a challenger in ``keep``.
- **literal**: the checks are counted, whichever they are; limits are not looked at, and a check without data
  is one that has not passed. Over 48 hours two equal models differ in annualised Sharpe ratio by 0.3 to one
  side in nearly half of all runs, so a literal verdict rolls an equal challenger back about that often.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from models.rollout.plan import Criterion
from models.verdict.checking import Check
from models.verdict.gates import CHECKS, EXTEND, KEEP, PROMOTE, READY, Judged, judged, require

Decision = Literal["PROMOTE", "EXTEND", "ROLLBACK"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision with all that led to it."""

    decision: Decision
    literal: bool
    passed: int  # of the checks
    gates: Mapping[str, tuple[Judged, ...]]  # as they were judged, by name
    reasons: tuple[str, ...]
    would_change: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Return whether the absolute gate ``ready`` holds; False where there is none."""
        found = self.gates.get(READY, ())
        return bool(found) and all(one.found.outcome == "success" for one in found)


def decide(gates: Mapping[str, tuple[Criterion, ...]], check: Check, *, literal: bool = False) -> Verdict:
    """Return the verdict; ``check`` finds what holds of criteria, as ``checking.of_samples`` does.

    Of the gates ``checks``, ``promote`` and ``keep`` must be there, or ``BadGatesError``; others are judged
    and told.
    """
    require(gates)
    checks = judged(gates[CHECKS], check, 0, literal=literal)
    passed, failed = _count(checks, "success"), _count(checks, "fail")
    unspoilt = passed if literal else len(checks) - failed
    others = {
        name: judged(criteria, check, unspoilt if name == KEEP else passed, literal=literal)
        for name, criteria in gates.items()
        if name != CHECKS
    }
    return _decided({CHECKS: checks, **others}, passed, literal=literal)


def _count(checks: tuple[Judged, ...], outcome: str) -> int:
    return sum(one.found.outcome == outcome for one in checks)


def _decided(found: Mapping[str, tuple[Judged, ...]], passed: int, *, literal: bool) -> Verdict:
    critical = () if literal else tuple(one for one in found[CHECKS] if one.criterion.critical)
    wanted = (*critical, *found[PROMOTE])
    lost = tuple(one for one in found[KEEP] if one.found.outcome == "fail")
    unmet = tuple(one for one in wanted if one.found.outcome != "success")
    decision: Decision = "ROLLBACK" if lost else "EXTEND" if unmet else "PROMOTE"
    told = lost or unmet or wanted
    return Verdict(decision, literal, passed, found, _words(told), _changes(told))


def _words(of: tuple[Judged, ...]) -> tuple[str, ...]:
    return tuple(f"{one.criterion.name}: {one.found.outcome} ({one.found.why})" for one in of)


def _changes(of: tuple[Judged, ...]) -> tuple[str, ...]:
    return tuple(f"{one.criterion.name}: {one.change}" for one in of)


GATES_TOLD = (CHECKS, PROMOTE, EXTEND, KEEP, READY)
"""Order in which gates are shown; others follow."""
