"""What follows from rules, checks and commands: orders, and steps of the run, told one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.control.commands import Command
from models.desk.references import name_of
from models.guard.desks import Desks, TakenIn
from models.guard.inputs import Told
from models.guard.judging import check_of
from models.guard.notes import alert, rollout
from models.guard.outbox import Order, Outbox
from models.guard.reactions import ROLLBACK, Ask, asks
from models.guard.rolling import Rolling
from models.guard.shadowing import Shadowing
from models.guard.spec import GuardSpec
from models.guard.tuning import Tuning
from models.guard.verdicts import decided, needs_verdict, standing
from models.guard.watching import Watching
from models.guard.work import Work
from models.rollout.events import Check
from models.rollout.transition import Transition
from models.rollout.worst_case import worst_case
from models.rules.evaluate import Firing
from models.rules.rule import Rule
from models.verdict.checking import Check as Finding

TOLD_IN_FORCE = ("rollout", ROLLBACK, "model.promote")
"""Commands that change a share: it is told from where on they are in force."""

STANDING_EVERY_S = 3_600
"""Event time between two looks at what the verdict would be."""


class Steering:
    """The run, what it is judged by, and the commands under way; state is plain data."""

    def __init__(self, spec: GuardSpec, saved: Mapping[str, Any] | None = None) -> None:
        saved = saved or {}
        self._base = spec.rules
        self.desks = Desks(spec.desk, spec.models, saved.get("desks"))
        self.outbox = Outbox(saved.get("outbox"))
        self.rolling = Rolling(spec.profiles, saved.get("rolling"))
        self.shadowing = Shadowing(spec.horizon_s, spec.max_age_s, saved.get("shadowing"))
        self.watching = Watching(spec, self._rules(), saved.get("watching"))
        self._stood: int = saved.get("stood", 0)
        self.verdicts: Mapping[str, Any] = saved.get("verdicts", dict.fromkeys(("strict", "literal")))
        """What the verdict on the run would be, or was; None where there is none yet."""
        self.tuning = Tuning(spec.least_n_eff, saved.get("tuning"))

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {
            "desks": self.desks.snapshot(), "outbox": self.outbox.snapshot(),
            "rolling": self.rolling.snapshot(), "shadowing": self.shadowing.snapshot(),
            "watching": self.watching.snapshot(), "tuning": self.tuning.snapshot(),
            "stood": self._stood, "verdicts": dict(self.verdicts),
        }  # fmt: skip

    def react(self, firing: Firing, work: Work) -> None:
        """Tell of a rule that fires or ceases to, and do what it asks for."""
        profile = self._profile if self.rolling.live else ""
        work.notes.append(alert(work.now, firing, profile, telegram=self.desks.telegram))
        for ask in asks(firing, self.desks):
            self._do(ask, f"rule {firing.rule.name}", work)

    def tune(self, second: int, found: Sequence[Told], work: Work) -> None:
        """Set the weights of the ensemble by what its members have shown, where that is due."""
        self.tuning.take(found)
        began = self.rolling.phase_began if self.rolling.live else 0
        ask = self.tuning.ask(second, self.desks.desk, began)
        if ask is not None:
            self._order(ask, work)

    def check(self, second: int, work: Work) -> None:
        """Check the run where that is due, and judge it where it has had its time."""
        phase, machine = self.rolling.phase, self.rolling.machine
        if not self.rolling.due(second) or phase is None or machine is None:
            return
        finding = check_of(self.watching.board, name_of(machine.state.model or self.desks.desk.model), second)
        samples = self.shadowing.effective(paired=machine.plan.of == "challenger")
        self.roll(self.rolling.check(Check(second, tuple(finding(phase.criteria)), samples)), work)
        if needs_verdict(self.rolling.profile):
            if second - self._stood >= STANDING_EVERY_S:
                self._stand(finding, second)
            if self.rolling.verdict_due(second):
                self._stand(finding, second)
                self._judge(finding, second, work)

    def obey(self, command: Command, work: Work) -> None:
        """Follow a person's command where it concerns a run."""
        steps, why = self.rolling.obey(command, self.desks.desk, work.now.second)
        self.roll(steps, work, command.id)
        if why:
            self._tell("refused", why, work, run=command.id, command_id=command.id)

    def lost(self, why: str, work: Work) -> None:
        """Time stands still: a run waits."""
        self.roll(self.rolling.lost(work.now.second, why), work)

    def acknowledge(self, taken: TakenIn, shards: Mapping[int, str], work: Work) -> None:
        """Tell from where on a change of a share is in force, once every shard has taken it in."""
        self.watching.run.taken_in(taken.command, taken.ts)
        known = sorted(shards) or [taken.partition]
        order = self.outbox.taken_in(taken.command, taken.partition, taken.after, known)
        if order is not None and order.command.cmd in TOLD_IN_FORCE:
            self._in_force(order, shards, work)

    def roll(self, steps: Sequence[Transition], work: Work, command: str | None = None) -> None:
        """Tell the steps of a run, and send what they want; other rules are in force from here on."""
        for step in steps:
            orders = [self._order(Ask(want.cmd, want.args), work) for want in step.wants]
            self._begin(step.event, work.now.second)
            asked = orders[0].id if orders else command
            told = step.as_dict() | {"profile": self._profile}
            if step.event == "started":
                told["numbers"] |= self._longest()
            work.notes.append(rollout(work.now, told, len(work.notes), command_id=asked))
        if steps:
            self.watching.enforce(self._rules())

    def _longest(self) -> dict[str, int]:
        """Return the longest time to promotion, and from a breach to the rollback, of the run that begins."""
        machine = self.rolling.machine
        assert machine is not None
        found = worst_case(machine.plan, self._rules())
        return {"promote_s": found.promote_s, "roll_back_s": found.roll_back_s}

    def _begin(self, event: str, second: int) -> None:
        if event in ("started", "entered"):
            self.watching.begin_phase(second)
            self.shadowing.begin_phase()
        if event == "started":
            self.watching.begin_run()
            self.shadowing.begin_run()

    def _stand(self, finding: Finding, second: int) -> None:
        """Keep what the verdict would be now, read in both ways."""
        self._stood, incumbent = second, self.desks.desk.model
        self.verdicts = {
            name: standing(self.rolling, self.shadowing, finding, incumbent, second, literal=literal)
            for name, literal in (("strict", False), ("literal", True))
        }

    def _judge(self, finding: Finding, second: int, work: Work) -> None:
        """Tell the verdict, and do what it says; one that cannot be followed yet is looked at again."""
        found = decided(self.rolling, self.shadowing, finding, self.desks.desk.model, second)
        if found.decision == "PROMOTE" and self.rolling.place.state != "waiting":
            return
        self.rolling.judged()
        self._tell("decision", "; ".join(found.record["reasons"]), work, numbers=found.record)
        self.roll(self.rolling.step(found.event) if found.event else [], work)

    def _do(self, ask: Ask, by: str, work: Work) -> None:
        """Send what a rule asks for; a run that it concerns goes back, or waits for a person."""
        reason = str(ask.args["reason"])
        steps = self.rolling.concerned(ask.cmd, ask.scope, by, reason, work.now.second)
        if ask.cmd != ROLLBACK or not steps:
            self._order(ask, work)
        self.roll(steps, work)

    def _order(self, ask: Ask, work: Work) -> Command:
        command = self.outbox.order(work.now.at, ask.cmd, ask.args, ask.scope)
        work.orders.append(command)
        return command

    def _in_force(self, order: Order, shards: Mapping[int, str], work: Work) -> None:
        offsets = {shards.get(int(number), number): after for number, after in order.offsets.items()}
        reason = f"every shard has taken in {order.command.cmd}"
        self._tell("in_force", reason, work, command_id=order.command.id, offsets=offsets)

    def _tell(self, event: str, reason: str, work: Work, **more: Any) -> None:
        """Tell what is no step of the machine."""
        place, machine = self.rolling.place, self.rolling.machine
        told = {
            "event": event, "run": machine.state.run if machine else "",
            "model": machine.state.model if machine else "", "phase": place.phase,
            "phase_from": place.phase, "from": place.state, "to": place.state, "reason": reason,
            "numbers": {}, "checks": [], "profile": self._profile,
        }  # fmt: skip
        work.notes.append(rollout(work.now, told, len(work.notes), **more))

    @property
    def _profile(self) -> str:
        return self.rolling.profile.name if self.rolling.profile else ""

    def _rules(self) -> tuple[Rule, ...]:
        """Return the rules in force: a run's profile adds its own."""
        profile = self.rolling.profile
        return profile.in_force(self._base) if profile and self.rolling.live else self._base
