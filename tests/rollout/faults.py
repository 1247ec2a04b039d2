"""Rollout machines with one line of theirs changed, each a mistake that would be easy to make."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NamedTuple

from models.rollout.machine import Machine
from models.rollout.plan import Plan
from tests.mutants.mutation import Edit, put_in_place
from tests.rollout.rollouts import NOTED, ONE, SHORT, SMALL, TWO, both

SHARED = {f"models.rollout.{name}" for name in ("events", "plan", "transition")}
"""Modules whose types the tests and the faulty machine both use; they are never at fault here."""


class Fault(NamedTuple):
    """A mistake, where it shows, and what the explorer says of it."""

    module: str
    before: str
    after: str
    says: str
    plan: Plan = SHORT
    checks: list[dict[str, Any]] = ONE
    people: bool = True


_PAIR: dict[str, Any] = {"plan": TWO, "checks": both("ece", "drift"), "people": False}
_NOTE: dict[str, Any] = {"plan": NOTED, "checks": both("ece", "note"), "people": False}

FAULTS: dict[str, Fault] = {
    "the dwell time is skipped": Fault(
        "standing", "state.served < dwell_of(plan, state)", "False", "went on after 2 s of 4 s"),
    "time in a pause counts": Fault(
        "state", "self.live and not self.paused and", "self.live and", "went on after 2 s of 4 s"),
    "time in a suspension counts": Fault(
        "state", " and not self.suspended", "", "went on after 2 s of 4 s"),
    "silence ends a row of fails": Fault(
        "tally", ".get(outcome, self.fails_in_row)", ".get(outcome, 0)",
        "rolled back is False at fails in a row of (2,)"),
    "silence counts as a fail": Fault(
        "tally", ".get(outcome, self.fails_in_row)", ".get(outcome, self.fails_in_row + 1)",
        "rolled back is True at fails in a row of (1,)"),
    "too few samples are enough": Fault(
        "standing", "state.samples >= phase.least_samples", "True", "went on with too few samples"),
    "one success is enough": Fault(
        "standing", 'all(outcomes.get(one.name) == "success"', 'any(outcomes.get(one.name) == "success"',
        "went on from a check in which a critical criterion did not succeed", **_PAIR),
    "a check without data counts as a success": Fault(
        "standing", 'outcomes.get(one.name) == "success"', 'outcomes.get(one.name) != "fail"',
        "went on from a check in which a critical criterion did not succeed"),
    "nobody has to approve": Fault(
        "standing", "not phase_of(plan, state).approve", "True", "went on without an approval"),
    "an approval outlives a fail": Fault(
        "counting", 'replace(new, approved="") if failed else new', "new", "went on without an approval"),
    "an approval outlives an extension": Fault(
        "wishes", 'until=wish.until_s, approved=""', "until=wish.until_s", "went on without an approval"),
    "a phase is passed over": Fault(
        "moving", "at=course.state.at + 1)", "at=course.state.at + 2)", "went from preview to 10 %",
        plan=SMALL),
    "a phase gives the share of the one before": Fault(
        "moving", "wanted.enter(course.plan, following)", "wanted.enter(course.plan, course.phase)",
        "asked for {'phase': 'preview', 'of': 'challenger', 'symbols': []} in canary", plan=SMALL),
    "fails are counted in all": Fault(
        "checks", "tallies[one.name].fails_in_row >=", "tallies[one.name].fail >=",
        "rolled back is True at fails in a row of (0, 1)", **_PAIR),
    "fails of several criteria are added": Fault(
        "checks", "if tallies[one.name].fails_in_row >= limit",
        "if sum(tally.fails_in_row for tally in tallies.values()) >= limit",
        "rolled back is True at fails in a row of (1, 1)", **_PAIR),
    "what is not critical decides as well": Fault(
        "checks", "for one in course.phase.critical if", "for one in course.phase.criteria if",
        "rolled back is True at fails in a row of (0,)", **_NOTE),
    "nothing is ever rolled back by a check": Fault(
        "checks", "if worn:", "if False:", "rolled back is False at fails in a row of (2,)"),
    "a suspended run is not rolled back by a check": Fault(
        "checks", "if worn:", "if worn and not course.state.suspended:",
        "rolled back is False at fails in a row of (2,)"),
    "a suspended run goes on": Fault(
        "checks", "state.counts_time and may_leave", "may_leave", "went on under a suspension"),
    "a failed bundle is forgotten": Fault(
        "moving", "failed={**state.failed, state.model: why}", "failed=state.failed",
        "a failed bundle started without a retry"),
    "nothing ever pauses": Fault(
        "pausing", "if worn and not state.paused:", "if False:",
        "not paused at (2,) checks in a row without a finding"),
    "a pause never ends": Fault(
        "pausing", "if state.paused and not unsure:", "if False:", "no good news ends a run", **_PAIR),
    "only what runs can be rolled back": Fault(
        "wishes", "if course.state.live:\n        roll_b", "if course.state.counts_time:\n        roll_b",
        "a rollback was not carried out at once"),
    "the desk is not told of a rollback": Fault(
        "moving", "wants=() if sent else", "wants=() if not sent else",
        "a rollback was not carried out at once"),
    "an extension is lost by a restart": Fault(
        "resuming", 'State.from_dict(saved["state"])', 'State.from_dict({**saved["state"], "until": 0})',
        "a restart made a difference"),
}  # fmt: skip


@contextmanager
def machine_with(fault: Fault) -> Iterator[type[Machine]]:
    """Yield the machine with a fault; the product's own modules are as they were afterwards."""
    own = {name: module for name, module in sys.modules.items() if name.startswith("models.rollout.")}
    room = sys.modules["models.rollout"]
    names = dict(vars(room))
    for name in own.keys() - SHARED:
        del sys.modules[name]
        vars(room).pop(name.rpartition(".")[2], None)
    try:
        put_in_place([Edit(f"models.rollout.{fault.module}", fault.before, fault.after)])
        yield import_module("models.rollout.machine").Machine
    finally:
        for name in [*sys.modules]:
            if name.startswith("models.rollout."):
                del sys.modules[name]
        sys.modules.update(own)
        vars(room).clear()
        vars(room).update(names)
