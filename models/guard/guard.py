"""The guard: a pure stage from looks at what everybody publishes to alerts, rollout steps and commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from models.control.commands import Command
from models.guard.auditing import Auditor
from models.guard.clock import Clock
from models.guard.inputs import CONTROL, JOURNAL, PROGRESS, SIGNALS, Began, GuardInput, Look, Told
from models.guard.notes import Note, Now, silence
from models.guard.outbox import SENDER
from models.guard.records import AUDIT, TOPICS, Guarded
from models.guard.silences import Silences
from models.guard.spec import GuardSpec
from models.guard.steering import Steering
from models.guard.view import view_of
from models.guard.waiting import Waiting
from models.guard.work import Work
from models.inputs import Cause
from models.judge.records import Record
from models.spec import SECOND

FRESH_NS = 60 * SECOND
"""What was ordered longer before the guard began is audited, and not acted upon."""

MEASURED_EVERY_S = 60
"""Event time between two points of the series that are kept of what is measured."""


class Guard:
    """The stage; its state is plain data, and it begins anew at its genesis."""

    def __init__(self, spec: GuardSpec, saved: Mapping[str, Any] | None = None) -> None:
        self.spec = spec
        self._begin(saved or {})

    def _begin(self, saved: Mapping[str, Any]) -> None:
        known: dict[str, int] = saved.get("ordinals", {})
        self.ordinals = {topic: known.get(topic, 0) for topic in TOPICS}
        self._began: int = saved.get("began", 0)
        self._looked: int = saved.get("looked", 0)  # event second of the last look at the rules
        self._clock = Clock(saved.get("clock"))
        self._waiting = Waiting(saved.get("waiting"))
        self._auditor = Auditor(saved.get("auditor"))
        self._silences = Silences(saved.get("silences"))
        self._steering = Steering(self.spec, saved.get("steering"))

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as plain data."""
        return {
            "ordinals": dict(self.ordinals),
            "began": self._began,
            "looked": self._looked,
            "clock": self._clock.snapshot(),
            "waiting": self._waiting.snapshot(),
            "auditor": self._auditor.snapshot(),
            "silences": self._silences.snapshot(),
            "steering": self._steering.snapshot(),
        }

    def step(self, inputs: Iterable[GuardInput]) -> list[Guarded]:
        """Take inputs in, in order; return what each gives rise to."""
        return [self._look(one) if type(one) is Look else self._begun(one) for one in inputs]

    def _begun(self, began: GuardInput) -> Guarded:
        assert isinstance(began, Began)
        self._begin({"ordinals": began.ordinals, "began": began.at})
        return Guarded((), (), began.cause)

    def _look(self, look: Look) -> Guarded:
        work = Work(Now(self._clock.second or 0, look.at))
        self._steering.watching.run.looked(look.api, look.at)
        for told in look.told:
            self._hear(told, work)
        left = self._clock.leave(look.at, int(self.spec.silent_after_s * SECOND), look.read)
        for second in self._due():
            work.now = Now(second, look.at)
            self._close(second, look, work)
        work.now = Now(self._clock.second or 0, look.at)
        self._listen(left, work)
        work.orders += self._steering.outbox.again(look.at)
        return self._guarded(work, look.cause)

    def _hear(self, told: Told, work: Work) -> None:
        """Take in what steers at once; what is measured waits until its second is closed everywhere."""
        if told.topic == PROGRESS:
            self._clock.heard(told)
        elif told.topic == JOURNAL:
            taken = self._steering.desks.take(told)
            if taken is not None:
                self._steering.acknowledge(taken, self._clock.names, work)
        elif told.topic == CONTROL:
            self._audit(told, work)
        else:
            if told.topic == SIGNALS:
                self._clock.signalled(told)
            self._waiting.add(told)

    def _due(self) -> range:
        """Return the seconds at which the rules are to be looked at now: a grid that no look's end moves."""
        every, closed = self.spec.look_every_s, self._clock.second
        if closed is None:
            return range(0)
        last = closed // every * every
        first = self._looked + every if self._looked else last
        self._looked = max(last, self._looked)
        return range(first, last + 1, every)

    def _close(self, second: int, look: Look, work: Work) -> None:
        """Look at the rules, and check the run, with all that happened by a second."""
        steering, found = self._steering, self._waiting.until(second)
        steering.shadowing.take(second, found)
        more = [*steering.shadowing.samples(), *steering.watching.run.health(look.at)]
        counted = {n: name for n, name in self._clock.names.items() if n not in self._clock.left}
        for firing in steering.watching.step(second, found, more, steering.desks, counted):
            steering.react(firing, work)
        steering.tune(second, found, work)
        if not self._clock.left:
            steering.check(second, work)
        if second % MEASURED_EVERY_S == 0:
            work.measured.append((second, steering.watching.board.of_all(second)))

    def _audit(self, told: Told, work: Work) -> None:
        """Tell what became of a record on the control topic, and follow it where it concerns a run."""
        body = self._auditor.step(told.offset, told.ts, told.body)
        work.notes.append(Note(AUDIT, body["actor"] or "unknown", body))
        if not body["accepted"] or told.ts < self._began - FRESH_NS:
            return
        command = Command(**told.body["command"])
        self._steering.watching.run.sent(command, told.ts)
        if command.sender != SENDER:
            self._steering.obey(command, work)

    def _listen(self, left: list[str], work: Work) -> None:
        """Tell of shards that time goes on without; while there is one, a run waits."""
        for change in self._silences.step(left):
            after_s, telegram = self.spec.silent_after_s, self._steering.desks.telegram
            work.notes.append(silence(work.now, change.shard, change.event, after_s, telegram=telegram))
            if change.event == "firing":
                self._steering.lost(f"{change.shard} is silent", work)

    def _guarded(self, work: Work, cause: Cause) -> Guarded:
        """Give records their cause and their ordinals, contiguous per topic."""
        by = {"topic": "guard", "partition": 0, "offset": cause.offset, "seq": cause.seq}
        records = []
        for topic, key, body in work.notes:
            body |= {"caused_by": by, "ordinal": self.ordinals[topic]}
            self.ordinals[topic] += 1
            records.append(Record(topic, key, body))
        orders = work.orders if self.spec.act else []
        view = view_of(work.now, self._looked, self.spec.act, self._steering, self._silences)
        return Guarded(records, orders, cause, view, work.measured)
