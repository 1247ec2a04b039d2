"""The rollout machine once more, slowly: it keeps everything that happened, and counts it anew each time."""

from __future__ import annotations

from typing import Any

from models.rollout.events import (
    Approve,
    Check,
    Event,
    Extend,
    Lost,
    Resume,
    Retry,
    RollBack,
    Start,
    Suspend,
)
from models.rollout.plan import WATCH, Phase, Plan


class PlainRollout:
    """One rollout; ``step`` returns the commands it asks for, ``None`` where the wish is refused."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.now = 0
        self.state = "idle"  # or running, paused, rolled_back, finished; a suspension stands beside it
        self.suspended = False
        self.waits = False
        self.name = ""
        self.model = ""
        self.failures: list[tuple[int, str]] = []
        self.seconds: list[int] = []  # that were run in this phase
        self.checks: list[Check] = []  # of this phase
        self.approved = False
        self.until = 0

    def word(self) -> tuple[str, str]:
        """Return the state and the phase as the machine calls them."""
        if self.state in ("idle", "rolled_back", "finished"):
            return self.state, "" if self.state == "idle" else self.name
        if self.suspended or self.state == "paused":
            return "suspended" if self.suspended else "paused", self.name
        return "watching" if self.name == WATCH else "waiting" if self.waits else "running", self.name

    def step(self, event: Event) -> list[tuple[str, dict[str, Any]]] | None:
        """Take in an event."""
        for second in range(self.now, event.second):
            if self.state == "running" and not self.suspended:
                self.seconds.append(second)
        self.now = event.second
        return getattr(self, "_" + type(event).__name__.lower())(event)

    def phase(self) -> Phase:
        """Return the phase."""
        return {one.name: one for one in self.plan.phases}.get(self.name, self.plan.phases[-1])

    def dwell(self) -> int:
        """Return the seconds dwelt: those that were run, the last few in front of each check."""
        dwelt, start = 0, -1
        for check in self.checks:
            run = [second for second in self.seconds if start <= second < check.second]
            dwelt += len(run[: self.plan.check_every_s])
            start = check.second
        return dwelt

    def in_row(self, name: str, counting: tuple[str, ...], ending: tuple[str, ...]) -> int:
        """Return how often a criterion came out so since it came out otherwise."""
        count = 0
        for check in reversed(self.checks):
            outcome = self.outcome(check, name)
            if outcome in ending:
                break
            count += outcome in counting
        return count

    def outcome(self, check: Check, name: str) -> str:
        """Return what a check says of a criterion."""
        return next((one.outcome for one in check.results if one.criterion == name), "no-data")

    def _live(self) -> bool:
        return self.state in ("running", "paused")

    def _enter(self, name: str) -> None:
        self.name, self.seconds, self.checks = name, [], []
        self.approved = self.waits = False
        self.until = 0

    def _share(self) -> list[tuple[str, dict[str, Any]]]:
        args: dict[str, Any] = {"phase": self.phase().rollout}
        if self.plan.of == "challenger":
            args["of"] = "challenger"
        if any(phase.canary for phase in self.plan.phases):
            args["symbols"] = list(self.phase().canary)
        return [("rollout", args)]

    def _start(self, event: Start) -> list[tuple[str, dict[str, Any]]] | None:
        failed = event.model in [model for _, model in self.failures]
        if self._live() or failed or (self.plan.of == "challenger" and event.model == ""):
            return None
        self.state, self.suspended, self.model = "running", False, event.model
        self._enter(self.plan.phases[0].name)
        return self._share()

    def _check(self, event: Check) -> list[tuple[str, dict[str, Any]]]:
        if not self._live():
            return []
        self.checks.append(event)
        critical = [one.name for one in self.phase().criteria if one.critical]
        outcomes = [self.outcome(event, name) for name in critical]
        if "fail" in outcomes:
            self.approved = False
        self.waits = False
        if any(self.in_row(name, ("fail",), ("success",)) >= self.plan.fails for name in critical):
            return self._back(sent=False)
        silent = ("inconclusive", "error", "no-data")
        if not set(outcomes) & set(silent):
            self.state = "running"
        for name in critical:
            if self.in_row(name, silent, ("success", "fail")) >= self.plan.inconclusives:
                self.state = "paused"
        return self._go_on(event) if set(outcomes) == {"success"} else []

    def _go_on(self, event: Check) -> list[tuple[str, dict[str, Any]]]:
        watched, phase = self.name == WATCH, self.phase()
        needed = self.plan.watch_s if watched else self.until or phase.dwell_s
        if self.dwell() < needed or (not watched and event.samples < phase.least_samples):
            return []
        if phase.approve and not watched and not self.approved:
            self.waits = True
            return []
        return [] if self.suspended else self._leave()

    def _leave(self) -> list[tuple[str, dict[str, Any]]]:
        names = [phase.name for phase in self.plan.phases] + ([WATCH] if self.plan.watch_s else [])
        was_last = self.name == self.plan.phases[-1].name
        if self.name == names[-1]:
            self.state = "finished"
        else:
            self._enter(names[names.index(self.name) + 1])
        if was_last and self.plan.of == "challenger":
            return [("model.promote", {"name": self.model})]
        return [] if was_last or self.name == WATCH else self._share()

    def _back(self, *, sent: bool) -> list[tuple[str, dict[str, Any]]]:
        self.state, self.suspended = "rolled_back", False
        self.failures.append((self.now, self.model))
        return [] if sent else [("rollback", {})]

    def _rollback(self, event: RollBack) -> list[tuple[str, dict[str, Any]]] | None:
        return self._back(sent=event.sent) if self._live() else None

    def _approve(self, event: Approve) -> list[tuple[str, dict[str, Any]]] | None:
        if self.word()[0] != "waiting":
            return None
        self.approved, self.waits = True, False
        return []

    def _suspend(self, event: Suspend) -> list[tuple[str, dict[str, Any]]] | None:
        if not self._live() or self.suspended:
            return None
        self.suspended = True
        return []

    def _resume(self, event: Resume) -> list[tuple[str, dict[str, Any]]] | None:
        if not self.suspended:
            return None
        self.suspended = False
        return []

    def _retry(self, event: Retry) -> list[tuple[str, dict[str, Any]]] | None:
        model = event.model
        if model is None and self.failures:
            model = max(self.failures)[1]
        if model not in [failed for _, failed in self.failures]:
            return None
        self.failures = [one for one in self.failures if one[1] != model]
        if self.state == "rolled_back" and self.model == model:
            self.state = "idle"
        return []

    def _extend(self, event: Extend) -> list[tuple[str, dict[str, Any]]] | None:
        longest = max(self.until or self.phase().dwell_s, self.dwell())
        if not self._live() or self.name == WATCH or event.until_s <= longest:
            return None
        self.until, self.approved, self.waits = event.until_s, False, False
        return []

    def _lost(self, event: Lost) -> list[tuple[str, dict[str, Any]]]:
        if self._live():
            self.state = "paused"
        return []
