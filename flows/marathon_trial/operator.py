"""The person behind a run: sends commands, waits for what becomes of them, and looks at the desk."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

from connectors.kafka.control_client import Acks
from connectors.kafka.control_sender import Sender
from connectors.redis.reader import ViewReader
from flows.chaos.arena import Place
from flows.chaos.worker import ChaosError
from flows.marathon_trial.processes import Processes
from flows.marathon_trial.told import Told

PROFILE = "marathon"
PLANNED_H = 48
ANSWER_S = 60.0


class Operator:
    """Asks, and raises ``ChaosError`` where no answer comes or a process has ended."""

    def __init__(self, place: Place, processes: Processes, told: Told) -> None:
        self._place, self._processes, self._told = place, processes, told
        self._sender = Sender(place.settings, "operator")

    def select(self, challenger: str) -> None:
        """Have the shard load a challenger."""
        with closing(Acks(self._place.settings, self._processes.shards)) as acks:
            command = self._sender.send("model.select", {"name": challenger, "as": "challenger"})
            given, missing = acks.wait(command, command.ts // 1_000_000, ANSWER_S)
        problem = "it is not taken in" if missing else given[0].refusal
        if problem:
            raise ChaosError(f"the challenger {challenger}: {problem}")

    def start(self, hours: float) -> None:
        """Start a run and wait until the guard has."""
        refused = self._asked({"profile": PROFILE} | ({} if hours == PLANNED_H else {"hours": hours}))
        if refused:
            raise ChaosError(f"the run is refused: {refused}")

    def start_again(self) -> str:
        """Ask for the same run once more, and return why it is refused."""
        return self._asked({"profile": PROFILE})

    def settle(self) -> None:
        """Wait until the shards have taken in what the end of the run ordered."""
        ends = self._told.of("promoted") + self._told.of("rolled_back")
        wanted = {body["command_id"] for body in ends} - {None}
        self._await(
            lambda: wanted <= {body["command_id"] for body in self._told.of("in_force")},
            "the decision is not in force",
        )

    def desk(self, promoted: str) -> dict[str, Any]:
        """Return the desk as the guard shows it behind all that it has told.

        A bundle that is ``promoted`` becomes the model with the news that it is loaded, which is waited for.
        """
        last = max(body["at"] for bodies in self._told.records.values() for body in bodies if "at" in body)
        with closing(ViewReader(self._place.settings.redis_url)) as reader:

            def shown() -> bool:
                view = reader.guard()
                return view is not None and view["at"] >= last and promoted in ("", view["desk"]["model"])

            self._await(shown, "the guard's view does not come, or the challenger is not the model in it")
            return dict((reader.guard() or {})["desk"])

    def look_after(self) -> None:
        """Raise ``ChaosError`` with the last words of a process that has ended."""
        for flow in self._processes[:3]:
            if not flow.running:
                raise ChaosError(f"{flow.name} has ended:\n{flow.last_words()}")

    def _asked(self, args: dict[str, Any]) -> str:
        """Ask for a run; return why it is refused, "" where it was started."""
        command = self._sender.send("rollout.start", args).id
        self._await(
            lambda: (
                bool(self._refusal(command)) or command in (one["run"] for one in self._told.of("started"))
            ),
            "the guard does not answer",
        )
        return self._refusal(command)

    def _refusal(self, command: str) -> str:
        refused = (body for body in self._told.of("refused") if command in (body["run"], body["command_id"]))
        return next((str(body["reason"]) for body in refused), "")

    def _await(self, holds: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + ANSWER_S
        while not holds():
            self.look_after()
            if time.monotonic() > deadline:
                raise ChaosError(otherwise)
            self._told.poll(0.1)
