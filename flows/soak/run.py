"""A soak from the first tick to the last checkpoint; it can be broken off, and keeps what it has by then."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.kafka.control_client import Acks
from connectors.settings import Settings
from flows.chaos.worker import ChaosError
from flows.marathon_trial.processes import Flow
from flows.soak.course import Checkpoint, Course
from flows.soak.ground import Ground, ground
from flows.soak.plan import DRILL_AT, Plan
from models.guard.records import ALERTS, ROLLOUT
from models.paper.bodies import ACCOUNT
from models.slo.body import SLO

ANSWER_S, STOP_S, CAUGHT_UP_S = 30.0, 30.0, 120.0
LAST_LOOKS = 2
"""Of a second each: what a flow says last is delivered by then."""
MOST_CRASHES = 3
"""Of one flow; then the soak is over."""
Shown = Callable[[float, str], None]
"""Hears how many hours of the market have passed, and what is going on."""


@dataclass(slots=True)
class Ran:
    """What came of a soak."""

    course: Course
    points: list[Checkpoint] = field(default_factory=list)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    rollout: list[dict[str, Any]] = field(default_factory=list)
    kill_s: float | None = None
    broken_off: str = ""
    took_s: float = 0.0


def soaked(scratch: Path, plan: Plan, outer: Settings, shown: Shown, *, embedded: bool) -> Ran:
    """Run a soak; one that is interrupted returns what it has."""
    shown(0.0, "starting")
    began = time.monotonic()
    with ground(scratch, plan, outer, embedded=embedded) as place:
        soak = Soak(place, shown)
        try:
            soak.run()
        except KeyboardInterrupt:
            soak.ran.broken_off = f"interrupted after {soak.hours:.2f} of {plan.hours:g} h"
        except ChaosError as error:
            soak.ran.broken_off = str(error).partition("\n")[0]
        soak.end()
        soak.ran.took_s = time.monotonic() - began
        return soak.ran


class Soak:
    """Feeds, watches, takes the checkpoints, tries a kill, and stops everything cleanly."""

    def __init__(self, place: Ground, shown: Shown) -> None:
        self._place, self._shown = place, shown
        self._marks = list(place.plan.marks)
        self.ran = Ran(Course(place.start))

    @property
    def hours(self) -> float:
        """Return how much of the market has passed."""
        return self.ran.course.passed_s() / 3_600

    def run(self) -> None:
        """Feed the market to its end and wait until the flows have taken it in."""
        plan, feed = self._place.plan, self._place.feed()
        try:
            self._place.sender.send("rollout.start", {"profile": plan.profile, "hours": plan.hours})
            while feed.running:
                self._look("running")
        finally:
            code = feed.stop()
        if code != 0:
            raise ChaosError(f"the feed ended with exit code {code}")
        self._catch_up()

    def end(self) -> None:
        """Stop the flows cleanly, hear their last words, and take the last checkpoint."""
        self._shown(self.hours, "stopping")
        for flow in self._place.flows:
            if flow.running and (code := flow.process.stop(STOP_S)) != 0:
                self._crash(flow, f"stopped with exit code {code}")
        for _ in range(LAST_LOOKS):
            self._hear()
        name = self._marks[-1].name if self._marks and not self.ran.broken_off else f"T+{self.hours:.2f}h"
        self.ran.points.append(self.ran.course.checkpoint(name))

    def _look(self, what: str) -> None:
        self._hear(wait_s=0.2)
        self._look_after()
        passed = self.ran.course.passed_s()
        while len(self._marks) > 1 and passed >= self._marks[0].at_s:
            self.ran.points.append(self.ran.course.checkpoint(self._marks.pop(0).name))
        if self.ran.kill_s is None and passed >= DRILL_AT * self._place.plan.seconds:
            self.ran.kill_s = self._kill()
        self._shown(self.hours, what)

    def _hear(self, wait_s: float = 0.0) -> None:
        """Take in what has come, and keep no more of it than the sums."""
        heard, ran = self._place.heard, self.ran
        heard.poll(wait_s or 1.0)
        for topic, take in (
            (SLO, ran.course.take_slo), (ACCOUNT, ran.course.take_account), (ALERTS, ran.alerts.append),
            (ROLLOUT, self._step),
        ):  # fmt: skip
            for note in heard.notes[topic]:
                take(note.body)
            heard.notes[topic].clear()

    def _step(self, body: dict[str, Any]) -> None:
        """Keep what moves the run of the profile, up to the drill, which ends it as every kill does."""
        if body["event"] != "check" and self.ran.kill_s is None:
            self.ran.rollout.append({name: body[name] for name in ("ts", "event", "phase", "reason")})

    def _look_after(self) -> None:
        """Start a flow again that has ended, as whatever runs processes would, and remember it."""
        for flow in self._place.flows:
            if not flow.running:
                self._crash(flow, "ended by itself")
                if flow.starts > MOST_CRASHES:
                    raise ChaosError(f"{flow.name} has ended {MOST_CRASHES} times:\n{flow.last_words()}")
                flow.begin()

    def _crash(self, flow: Flow, how: str) -> None:
        last = (flow.last_words().strip().splitlines() or [""])[-1][:200]
        self.ran.course.crashes.append(f"{flow.name} {how} after {self.hours:.2f} h: {last}")

    def _kill(self) -> float:
        """Kill everything and un-kill it; return how long the last shard took to acknowledge, s."""
        place = self._place
        with closing(Acks(place.settings, place.shards)) as acks:
            worst = 0.0
            for cmd, args in (("kill", {"reason": "soak"}), ("unkill", {"reason": "the drill is over"})):
                command = place.sender.send(cmd, args)
                taken, missing = acks.wait(command, command.ts // 1_000_000, ANSWER_S)
                if missing:
                    return float("inf")
                if cmd == "kill":
                    worst = max(ack.ms for ack in taken) / 1_000
        return worst

    def _catch_up(self) -> None:
        if self.ran.kill_s is None:
            self.ran.kill_s = self._kill()
        signals, *others = self._place.flows
        goal = signals.goal()
        self._wait(lambda: signals.stands(goal), f"the flow does not catch up with {goal}")
        least = self._place.start + int(self._place.plan.seconds) - 2
        self._wait(lambda: all((flow.reached() or 0) >= least for flow in others), "account or guard lag")

    def _wait(self, holds: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + CAUGHT_UP_S
        while not holds():
            self._look("catching up")
            if time.monotonic() > deadline:
                raise ChaosError(f"after the last tick {otherwise} within {CAUGHT_UP_S:.0f} s")
