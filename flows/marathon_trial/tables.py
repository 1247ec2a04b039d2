"""The outcome of a case for people."""

from __future__ import annotations

from rich.table import Table

from flows.marathon_trial.outcome import Outcome
from models.guard.records import ROLLOUT
from models.spec import SECOND


def tables(outcome: Outcome) -> list[Table]:
    """Return what happened, and what was looked at."""
    ran = outcome.ran
    course = Table(f"{ran.case.name}: hour", "event", "phase", "reason", box=None)
    moves = [body for body in ran.records[ROLLOUT] if body["event"] != "check"]
    for body in moves:
        hours = (body["ts"] - moves[0]["ts"]) / (3_600 * SECOND)
        course.add_row(f"{hours:.2f}", body["event"], body["phase"], str(body["reason"])[:120])
    looked = Table(f"{ran.case.name}: looked at", "wanted", "found", "", box=None)
    for one in outcome.looked:
        looked.add_row(one.what, one.wanted, one.found, "holds" if one.holds else "DIFFERENT")
    return [course, looked]
