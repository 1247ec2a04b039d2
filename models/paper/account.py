"""The paper account: a pure stage from closed seconds and commands to trades, fills and equity, exactly.

Long only: BUY opens, SELL closes. An order is filled at the open of the first second with a trade that begins
at or after the order's time and the latency. Two books run side by side: what the active model trades, and
what the challenger would have traded, each with money of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from models.desk.desk import take_in
from models.inputs import Cause, Genesis, Taken
from models.judge.records import Record
from models.paper.bodies import ACCOUNT, TRADES, Note
from models.paper.costs import Costs
from models.paper.inputs import AccountInput, Second, ShardBehind
from models.paper.look import Open, Said, look
from models.paper.money import price_units
from models.paper.operator import COMMANDS, Operator
from models.paper.scene import Scene
from models.paper.spec import PaperSpec
from models.paper.trader import ACTIVE, CHALLENGER, Trader
from models.paper.words import active_word, shadow_word
from models.spec import SECOND

MINUTE = 60 * SECOND
DAY = 86_400 * SECOND
TOPICS = (TRADES, ACCOUNT)


class Booked(NamedTuple):
    """What one input gave rise to."""

    records: Sequence[Record]
    cause: Cause


class Account:
    """The stage; its state is plain data, and it begins anew at a genesis."""

    def __init__(self, spec: PaperSpec, saved: Mapping[str, Any] | None = None) -> None:
        self.spec = spec
        self._costs = Costs(spec)
        self._begin(saved or {})

    def _begin(self, saved: Mapping[str, Any]) -> None:
        known: dict[str, int] = saved.get("ordinals", {})
        self.ordinals = {topic: known.get(topic, 0) for topic in TOPICS}
        self._scene = Scene(saved.get("scene"))
        self._next_minute: int = saved.get("next_minute", 0)  # 0 before the first second
        self._active = self._trader(ACTIVE, saved.get(ACTIVE))
        self._shadow = self._trader(CHALLENGER, saved.get(CHALLENGER))
        self._operator = Operator(self._active, self._costs)
        self._traders = [self._active, self._shadow] if CHALLENGER in saved else [self._active]
        self._concerns = self._active.concerns, self._shadow.concerns

    def _trader(self, name: str, saved: Mapping[str, Any] | None) -> Trader:
        return Trader(name, self._costs, self.spec.horizon_s, saved)

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as plain data."""
        return {
            "ordinals": dict(self.ordinals),
            "next_minute": self._next_minute,
            "scene": self._scene.snapshot(),
            **{trader.of.name: trader.snapshot() for trader in self._traders},
        }

    def step(self, inputs: Iterable[AccountInput]) -> list[Booked]:
        """Take inputs in, in order; return what each gives rise to."""
        return [self._second(one) if type(one) is Second else self._other(one) for one in inputs]

    def _other(self, one: AccountInput) -> Booked:
        if isinstance(one, Taken):
            return self._booked(self._taken(one), one.cause)
        if isinstance(one, Genesis):
            self._begin({"ordinals": one.ordinals})
            self._scene.rule(one.desk)
        elif isinstance(one, ShardBehind):
            (self._scene.behind.add if one.behind else self._scene.behind.discard)(one.shard)
        return Booked((), one.cause)

    def _taken(self, taken: Taken) -> list[Note]:
        """Take a command in; which models there are to name is for those who load them to judge."""
        scene = self._scene
        if not self._next_minute:
            scene.now = taken.ts
        desk, refusal = take_in(scene.desk, taken.command, ())
        scene.rule(desk)
        notes = [note for trader in self._traders for note in trader.obey(scene)]
        if refusal is None and taken.command.cmd in COMMANDS:
            notes += self._operator.take(scene, taken.command)
        return notes

    def _second(self, second: Second) -> Booked:
        scene, end = self._scene, (second.second + 1) * SECOND
        notes = self._skipped(end) if end > self._next_minute else []
        scene.now = end
        opens, said = look(scene, second, *self._concerns, len(self._traders) == 1)
        if opens:
            notes += self._fill(opens)
        if end == self._next_minute:
            notes += self._mark(end)
        for trader in self._traders:
            if trader.uneasy(scene):
                notes += trader.check(scene)
        if said:
            notes += self._hear(said)
        return self._booked(notes, second.cause) if notes else Booked((), second.cause)

    def _skipped(self, end: int) -> list[Note]:
        """Mark the last minute that went by without a second of its own, as things stood before this one."""
        last = (end - 1) // MINUTE * MINUTE
        notes = self._mark(last) if self._next_minute else []
        self._next_minute = last + MINUTE
        return notes

    def _mark(self, boundary: int) -> list[Note]:
        self._scene.now = boundary
        new_day = boundary // DAY > (self._next_minute - MINUTE) // DAY
        self._next_minute = boundary + MINUTE
        minute = boundary // MINUTE
        return [note for trader in self._traders for note in trader.mark(self._scene, minute, new_day)]

    def _fill(self, opens: list[Open]) -> list[Note]:
        return [
            note
            for second, symbol, price in opens
            for trader in self._traders
            for note in trader.fill(self._scene, symbol, second, price_units(price))
        ]

    def _hear(self, said: list[Said]) -> list[Note]:
        """Let each book hear its model's words; the challenger's opens with the first of a challenger."""
        notes: list[Note] = []
        for second, _, quote, late in said:
            if quote.challenger and len(self._traders) == 1:
                self._traders.append(self._shadow)
            notes += self._active.hear(self._scene, active_word(quote, second, late))
            if len(self._traders) > 1:
                notes += self._shadow.hear(self._scene, shadow_word(quote, second, late))
        return notes

    def _booked(self, notes: list[Note], cause: Cause) -> Booked:
        """Give records their cause and their ordinals, contiguous per topic."""
        by = {"topic": ACCOUNT, "partition": 0, "offset": cause.offset, "seq": cause.seq}
        records = []
        for topic, key, body in notes:
            body |= {"caused_by": by, "ordinal": self.ordinals[topic]}
            self.ordinals[topic] += 1
            records.append(Record(topic, key, body))
        return Booked(records, cause)
