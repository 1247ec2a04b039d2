"""The run of a profile: commands of people and checks in, steps of the rollout machine out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.control.commands import Command
from models.desk.desk import Desk
from models.profiles.profile import Profile
from models.rollout.events import Approve, Check, Event, Lost, Resume, Retry, RollBack, Start, Suspend
from models.rollout.machine import Machine
from models.rollout.plan import Phase
from models.rollout.standing import dwell_of
from models.rollout.transition import AT_REST, Place, Transition

IDLE = Place("idle", "")


class Rolling:
    """One machine a profile, of which at most one has a run under way; state is plain data."""

    def __init__(self, profiles: Mapping[str, Profile], saved: Mapping[str, Any] | None = None) -> None:
        saved = saved or {}
        self._profiles = profiles
        self._machines = {
            name: Machine(profiles[name].plan, plain) for name, plain in saved.get("machines", {}).items()
        }
        self._name: str = saved.get("profile", "")
        self._checked: int = saved.get("checked", 0)
        self.phase_began: int = saved.get("entered", 0)
        """The second at which the phase began."""
        self._judged: int = saved.get("judged", 0)  # the dwell time at whose end there was a verdict
        self.literal: bool = saved.get("literal", False)
        """How the gates of a verdict are read, see ``models.verdict``."""

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        machines = {name: machine.snapshot() for name, machine in self._machines.items()}
        return {
            "machines": machines, "profile": self._name, "checked": self._checked,
            "entered": self.phase_began,
            "judged": self._judged, "literal": self.literal,
        }  # fmt: skip

    @property
    def profile(self) -> Profile | None:
        """Return the profile of the last run, under way or over."""
        return self._profiles.get(self._name)

    @property
    def machine(self) -> Machine | None:
        """Return its machine."""
        return self._machines.get(self._name)

    @property
    def live(self) -> bool:
        """Return whether a run is under way."""
        return self.machine is not None and self.machine.place.state not in AT_REST

    @property
    def place(self) -> Place:
        """Return where the run is."""
        return self.machine.place if self.machine else IDLE

    @property
    def phase(self) -> Phase | None:
        """Return the phase of the run that is under way."""
        machine = self.machine
        return machine.plan.phases[machine.state.at] if machine and self.live else None

    def due(self, second: int) -> bool:
        """Return whether a check is due."""
        every = self.machine.plan.check_every_s if self.machine else 0
        return self.live and second >= self._checked + every

    def check(self, check: Check) -> list[Transition]:
        """Take in a check of the present phase."""
        self._checked = check.second
        return self.step(check)

    def verdict_due(self, second: int) -> bool:
        """Return whether the last phase has had its time, pauses included, and nothing was decided of it."""
        machine = self.machine
        if machine is None or not self.live or machine.state.watching:
            return False
        last = machine.state.at + 1 == len(machine.plan.phases)
        over = second - self.phase_began >= self._dwell or self.place.state == "waiting"
        return last and over and self._judged != self._dwell

    def judged(self) -> None:
        """Note that there was a verdict, and none is due before the phase is made longer."""
        self._judged = self._dwell

    @property
    def _dwell(self) -> int:
        return dwell_of(self.machine.plan, self.machine.state) if self.machine else 0

    def step(self, event: Event) -> list[Transition]:
        """Hand an event to the machine of the last run, if there is any."""
        steps = self.machine.step(event) if self.machine else []
        if any(step.event in ("started", "entered") for step in steps):
            self.phase_began, self._judged = event.second, 0
        return steps

    def lost(self, second: int, why: str) -> list[Transition]:
        """Time stands still."""
        return self.step(Lost(second, why)) if self.live else []

    def obey(self, command: Command, desk: Desk, second: int) -> tuple[list[Transition], str]:
        """Follow a person's command; return what follows, or why it cannot be followed."""
        reason, by = str(command.args.get("reason", "")), command.actor
        match command.cmd:
            case "rollout.start":
                return self._start(command, desk, second)
            case "rollout.approve":
                event: Event = Approve(second, by)
            case "rollout.suspend":
                event = Suspend(second, by, reason)
            case "rollout.resume":
                event = Resume(second, by, reason)
            case "rollout.retry":
                event = Retry(second, by, reason, command.args.get("model"))
            case "rollout" | "model.select" | "model.promote" | "model.rollback" if self.live:
                event = Suspend(second, by, f"moved by hand: {command.cmd}")
            case "rollback" | "kill" if self.live and self._concerns(command.cmd, command.scope):
                event = RollBack(second, by, reason or command.cmd, sent=command.cmd == "rollback")
            case _:
                return [], ""
        return (self.step(event), "") if self.machine else ([], "no run has been started yet")

    def concerned(self, cmd: str, scope: str, by: str, reason: str, second: int) -> list[Transition]:
        """Return what follows for the run from a command that a rule asks for.

        A rollback or a kill of what is rolled out ends it; preview alone makes it wait for a person.
        """
        if not self.live or not self._concerns(cmd, scope):
            return []
        if cmd == "rollout":
            return self.step(Suspend(second, by, reason))
        return self.step(RollBack(second, by, reason))

    def _concerns(self, cmd: str, scope: str) -> bool:
        machine = self.machine
        if cmd != "kill" or scope == "all" or machine is None:
            return cmd in ("kill", "rollback", "rollout")
        return scope == f"model:{machine.state.model.partition('@')[0]}"

    def _start(self, command: Command, desk: Desk, second: int) -> tuple[list[Transition], str]:
        name = str(command.args["profile"])
        if name not in self._profiles:
            return [], f"no profile '{name}'; known: {', '.join(sorted(self._profiles))}"
        if self.live and name != self._name:
            return [], f"a run of '{self._name}' is under way: roll it back, or let it finish"
        model, why = _rolled_out(self._profiles[name], command, desk)
        why = why or self._failed_elsewhere(name, model)
        if why:
            return [], why
        self._name, self._checked = name, second
        self._machines.setdefault(name, Machine(self._profiles[name].plan))
        self.literal = bool(command.args.get("literal", False))
        return self.step(Start(command.id, model, second, command.args.get("hours"))), ""

    def _failed_elsewhere(self, name: str, model: str) -> str:
        others = (profile for profile, machine in self._machines.items()
                  if profile != name and model in machine.state.failed)  # fmt: skip
        found = next(others, None)
        return (
            f"bundle '{model}' was rolled back under '{found}': allow it with rollout.retry" if found else ""
        )


def _rolled_out(profile: Profile, command: Command, desk: Desk) -> tuple[str, str]:
    """Return the model of a run and why it cannot be run, one of them empty."""
    is_challenger = profile.plan.of == "challenger"
    found = desk.challenger if is_challenger else desk.model
    asked = str(command.args.get("model", "")) or found
    if not found:
        return "", "no challenger is set: levibot control model.select NAME --as challenger"
    if asked != found:
        slot = "challenger" if is_challenger else "model in use"
        return "", f"'{asked}' is not the {slot}, which is '{found}': select it first"
    return found, ""
