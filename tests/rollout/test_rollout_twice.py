"""The machine against a second one that was written to be slow and plain, in whatever order things happen."""

from __future__ import annotations

import json

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from models.rollout.events import Approve, Event, Extend, Lost, Resume, Retry, RollBack, Start, Suspend
from models.rollout.machine import Machine
from models.rollout.plan import Plan
from tests.rollout.plain_rollout import PlainRollout
from tests.rollout.rollouts import EVERY, MODEL, NOTED, OTHER, SMALL, check

MODELS = st.sampled_from([MODEL, OTHER, ""])
LATER = st.integers(0, EVERY - 1)
OUTCOMES = st.sampled_from(["success"] * 6 + ["fail", "fail", "inconclusive", "error", "no-data"])
PLANS = st.sampled_from([SMALL, NOTED, SMALL._replace(watch_s=0), SMALL._replace(of="model")])


class Twice(RuleBasedStateMachine):
    """Both take in the same events, and must say the same."""

    @initialize(plan=PLANS)
    def begin(self, plan: Plan) -> None:
        """Set both up, and start a run."""
        self.plan, self.machine, self.plain = plan, Machine(plan), PlainRollout(plan)
        self.start(MODEL, 0)

    @rule(model=MODELS, later=LATER)
    def start(self, model: str, later: int) -> None:
        """Start a run of one of several bundles."""
        self._both(Start("run", model, self.machine.state.second + later))

    @rule(ece=OUTCOMES, note=OUTCOMES, samples=st.sampled_from([4, 5, 5]), gap=st.sampled_from([0, 0, 0, 1]))
    def look(self, ece: str, note: str, samples: int, gap: int) -> None:
        """Check, now and then after checks that were left out."""
        known = {one.name for one in self.plan.phases[0].criteria}
        outcomes = {name: one for name, one in (("ece", ece), ("note", note)) if name in known}
        second = (self.machine.state.second // EVERY + 1 + gap) * EVERY
        self._both(check(second, samples, **outcomes))

    @rule(times=st.integers(1, 3))
    def good_news(self, times: int) -> None:
        """Check with success, so that later phases are reached."""
        for _ in range(times):
            self.look(ece="success", note="success", samples=5, gap=0)

    @rule(later=LATER)
    def approve(self, later: int) -> None:
        """Approve, whether asked for or not."""
        self._both(Approve(self.machine.state.second + later, "ann"))

    @rule(later=LATER)
    def suspend(self, later: int) -> None:
        """Suspend."""
        self._both(Suspend(self.machine.state.second + later, "ann", "asked"))

    @rule(later=LATER)
    def resume(self, later: int) -> None:
        """Resume."""
        self._both(Resume(self.machine.state.second + later, "ann", "asked"))

    @rule(model=st.sampled_from([MODEL, OTHER, None, None]))
    def retry(self, model: str | None) -> None:
        """Allow a bundle again, by name or the last."""
        self._both(Retry(self.machine.state.second, "ann", "asked", model))

    @rule(later=LATER, sent=st.booleans())
    def roll_back(self, later: int, sent: bool) -> None:
        """Roll back."""
        self._both(RollBack(self.machine.state.second + later, "ann", "asked", sent))

    @rule(until=st.integers(1, 8))
    def extend(self, until: int) -> None:
        """Extend the phase."""
        self._both(Extend(self.machine.state.second, until))

    @rule(later=LATER)
    def lose(self, later: int) -> None:
        """Let the data stand still."""
        self._both(Lost(self.machine.state.second + later, "silence"))

    @rule()
    def restart(self) -> None:
        """Go on from a snapshot that was written as JSON."""
        self.machine = Machine(self.plan, json.loads(json.dumps(self.machine.snapshot())))

    @invariant()
    def both_are_in_the_same_place(self) -> None:
        """By name, and with the same bundles remembered as failed."""
        assert tuple(self.machine.place) == self.plain.word()
        assert {*self.machine.state.failed} == {model for _, model in self.plain.failures}

    def _both(self, event: Event) -> None:
        told, wanted = self.machine.step(event), self.plain.step(event)
        refused = [one.event for one in told] == ["refused"]
        assert refused == (wanted is None)
        wants = [(one.cmd, one.args) for each in told for one in each.wants]
        assert [(cmd, _compared(args)) for cmd, args in wants] == (wanted or [])


def _compared(args: dict) -> dict:  # type: ignore[type-arg]
    return {name: value for name, value in args.items() if name != "reason"}


TestTwice = Twice.TestCase
TestTwice.settings = settings(max_examples=60, stateful_step_count=40, derandomize=True, database=None)
