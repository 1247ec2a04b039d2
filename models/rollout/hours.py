"""A plan stretched or shortened to a number of hours, as a rollout is started with."""

from __future__ import annotations

import math

from models.rollout.plan import Plan

LONGEST_H = 8_760
"""A year."""


def total_dwell(plan: Plan) -> int:
    """Return the seconds that all phases together must be dwelt in."""
    return sum(phase.dwell_s for phase in plan.phases)


def hours_problem(plan: Plan, hours: float | None) -> str:
    """Return why a plan cannot take so many hours, or nothing."""
    if hours is None:
        return ""
    if not 0 < hours <= LONGEST_H:
        return f"'hours' must be above 0, and {LONGEST_H} at most"
    return "" if total_dwell(plan) else "no phase of the plan has a dwell time that 'hours' could change"


def for_hours(plan: Plan, hours: float | None) -> Plan:
    """Return the plan whose dwell times add up to ``hours``, each keeping its part; None changes nothing.

    Only time is changed: what samples and criteria a phase needs stays, so less time is not less evidence.
    """
    if hours is None or not total_dwell(plan):
        return plan
    factor = hours * 3_600 / total_dwell(plan)
    phases = (phase._replace(dwell_s=math.ceil(round(phase.dwell_s * factor, 6))) for phase in plan.phases)
    return plan._replace(phases=tuple(phases))
