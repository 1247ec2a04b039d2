"""Everything outside of a process, and the seed's word on what happens next.

The twins call :meth:`World.point` wherever a process touches the outside. Between two such points nothing
can happen that anybody could notice; at each of them the process may die, the broker may hang, a tick or a
command may arrive, and what a dead process had sent may be written after all.
"""

from __future__ import annotations

from collections import Counter, deque
from copy import deepcopy
from random import Random

from connectors.kafka.errors import BrokerError
from models.control.commands import Command
from models.journal.fold import JournalError
from tests.simulation import outside
from tests.simulation.broker import Broker, Place, Stored
from tests.simulation.clock import Clock
from tests.simulation.disk import Disk
from tests.simulation.errors import BrokenError
from tests.simulation.lives import GAVE_UP, Crash, Late, Living, Sender
from tests.simulation.plan import Plan

TICKS, CONTROL = "ticks", "control"
_MOST_WAKES = 50
_STALLS_S = (0.05, 0.3, 1.2, 4.0, 11.0, 35.0)


class World:
    """The state of a run. Times of the broker begin with the first tick and follow the clock."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rng = Random(f"world {plan.seed}")
        self.broker, self.disk, self.clock = Broker(), Disk(), Clock()
        self.ticks = [
            deque(outside.ticks(Random(f"ticks {plan.seed} {shard}"), plan.ticks, shard, plan.hours))
            for shard in range(plan.shards)
        ]
        self.commands = deque(outside.commands(Random(f"commands {plan.seed}"), plan.commands))
        self.accepted: list[int] = []  # offsets of the commands that must be taken in
        self.senders: list[Sender] = []  # of the living process
        self.late: list[Late] = []
        self.owners: dict[str, Sender] = {}  # of transactional ids
        self.crashes_left, self.stalls_left, self.freezes_left = plan.crashes, plan.stalls, plan.freezes
        self.frozen: tuple[Living, list[Sender], Disk] | None = None
        self.happened: Counter[str] = Counter()
        self._hangs_until = 0.0
        self._points = 0
        self._left = self._gap()
        self._produce(self.rng.randint(0, plan.ticks))

    @property
    def hangs(self) -> bool:
        """Return whether the broker answers nobody."""
        return self.clock.now < self._hangs_until

    @property
    def exhausted(self) -> bool:
        """Return whether nothing more will be produced."""
        return not self.commands and not any(self.ticks)

    def wait(self, seconds: float) -> None:
        """Let a call block until the broker answers again, at most for so long."""
        self.clock.passes(min(seconds, max(self._hangs_until - self.clock.now, 0.0)))

    def point(self) -> None:
        """Pass a point at which something may happen; raise ``Crash`` where the process dies."""
        self.clock.passes(0.0001)
        self._points += 1
        self._left -= 1
        if self._left > 0:
            return
        self._left = self._gap()
        self._event()

    def moment(self, what: str) -> None:
        """Pass a point of a kind; in a run that aims at this kind, things happen here far more often."""
        if self.plan.aim == what and self.rng.random() < 0.15:
            self._event()
        else:
            self.point()

    def between_lives(self) -> None:
        """Let things happen while no process runs."""
        for _ in range(self.rng.choice((0, 0, 1, 3))):
            self._left = self._gap()
            self._outside(self.rng.choice(("produce", "command", "late")))
        if self.plan.wipes and self.rng.random() < 0.3:
            self.disk.wipe()
            self.happened["wipe"] += 1

    def dies(self) -> None:
        """The process is gone; what it had under way reaches the broker, later or never."""
        senders, self.senders = self.senders, []
        for sender in senders:
            sender.dies()

    def delayed(self, where: Place, records: deque[Stored]) -> None:
        """Keep what a dead process had sent to the journal; it arrives at any time, perhaps after the end."""
        self.late.append(Late(where, records, self._points + self.rng.choice((0, 50, 150, 500))))

    def freezes(self) -> bool:
        """Return whether the present process is suspended now."""
        if self.freezes_left == 0 or self.frozen or self.rng.random() > 0.05:
            return False
        self.freezes_left -= 1
        self.happened["freeze"] += 1
        return True

    def replaces(self, process: Living) -> None:
        """Keep a suspended process; on its machine it has a recovery folder of its own."""
        self.frozen = process, self.senders, deepcopy(self.disk)
        self.senders = []

    def wakes(self) -> None:
        """Let the suspended process go on for a while, beside whoever replaced it."""
        if self.frozen is None:
            return
        (process, senders, disk), self.frozen = self.frozen, None
        living, self.senders = self.senders, senders
        mine, self.disk = self.disk, disk
        self.happened["wake"] += 1
        try:
            self.clock.passes(self.rng.choice((0.0, 2.0)))
            for _ in range(self.rng.choice((1, 3, 10))):
                process.turn()
            self.frozen = process, self.senders, self.disk
        except Crash:
            self.dies()
        except (BrokerError, JournalError) as error:
            if not GAVE_UP.search(str(error)):
                raise BrokenError(f"a suspended process went on: {error}") from error
            self.dies()
        finally:
            self.senders, self.disk = living, mine

    def idles(self, *, waits: bool) -> None:
        """A process has nothing to do, or waits for an acknowledgement: time goes by, or something comes."""
        if waits:
            self.clock.passes(0.001 if self.rng.random() < 0.9 else 0.2)
        elif self.exhausted or self.rng.random() < self.plan.pauses:
            self.clock.passes(0.6)
        else:
            self._outside("produce" if any(self.ticks) and self.rng.random() < 0.6 else "command")

    def quiet(self) -> None:
        """The end: nobody dies any more, and what is still under way is written."""
        self.crashes_left = 0
        for _ in range(_MOST_WAKES):
            self.wakes()
        if self.frozen:
            raise BrokenError("a process that was replaced goes on for ever")
        while self.late:
            self._arrives(self.rng.choice(self.late))

    def _gap(self) -> int:
        return 1 + int(self.rng.expovariate(1 / self.plan.calm))

    def _event(self) -> None:
        kinds = ("crash", "crash", "produce", "produce", "command", "stall") + ("late",) * 3 * bool(self.late)
        kind = self.rng.choice(kinds)
        if self.frozen and self.rng.random() < 0.4:
            self.wakes()
        elif kind != "crash":
            self._outside(kind)
        elif self.senders and self.crashes_left > 0:
            self.crashes_left -= 1
            self.happened["crash"] += 1
            raise Crash

    def _outside(self, kind: str) -> None:
        if kind == "produce":
            self._produce(self.rng.choice((1, 1, 3, 10)))
        elif kind == "command":
            for _ in range(min(self.rng.choice((1, 1, 2, 3)), len(self.commands))):
                self._command(self.commands.popleft())
        elif kind == "late" and (due := [one for one in self.late if one.after <= self._points]):
            self._arrives(self.rng.choice(due))
        elif kind == "stall" and self.stalls_left > 0:
            self.stalls_left -= 1
            self.happened["stall"] += 1
            self._hangs_until = self.clock.now + self.rng.choice(_STALLS_S)

    def _produce(self, count: int) -> None:
        self.happened["produce"] += any(self.ticks)
        for shard, waiting in enumerate(self.ticks):
            for _ in range(min(count, len(waiting))):
                tick = waiting.popleft()
                self.broker.append((TICKS, shard), Stored(None, tick.value, None, tick.ms))

    def _command(self, command: Command) -> None:
        self.happened["command" if self.senders else "command while down"] += 1
        now = outside.START_MS + int(self.clock.now * 1_000)
        forged, old = self.rng.random() < 0.1, self.rng.random() < 0.1
        sent = Command(**command.as_dict() | {"ts": (now - 120_000 * old) * outside.MS})
        record = Stored(None, outside.signed(sent, forged=forged), None, now)
        offset = self.broker.append((CONTROL, 0), record)
        if not (forged or old):
            self.accepted.append(offset)

    def _arrives(self, one: Late) -> None:
        self.happened["late entry"] += 1
        self.broker.append(one.where, one.records.popleft())
        if not one.records:
            self.late.remove(one)
