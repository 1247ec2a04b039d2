"""One run from the first tick to the decision, and what is asked of it afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from connectors.feed.lockstep import Lockstep, feed_in_step
from connectors.feed.pump import Outgoing, Summary
from connectors.kafka.delivery import Delivery
from flows.chaos.arena import Place
from flows.marathon_trial.cases import SEED, START_S, WARM_UP_S, Case
from flows.marathon_trial.operator import Operator
from flows.marathon_trial.processes import Processes, started
from flows.marathon_trial.told import Body, Told
from models.simulator import simulate
from models.spec import SECOND

AHEAD_S = 1_800
"""Event time that the feed may be ahead of guard and account: an order takes effect within it."""
HOUR_S = 3_600
CHECK_EVERY_S = 300
LONGER_H = 36
"""Market behind the end of the run as it is planned: to warm up, and for a pause."""
Shown = Callable[[float, str], None]
"""Hears how many hours of the market have passed, and what is going on."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a run."""

    case: Case
    challenger: str
    records: dict[str, list[Body]]  # of the guard's topics
    desk: dict[str, Any]  # as the guard saw it last
    second_start: str  # why a second start is refused, "" where none was asked for
    ticks: int
    seconds: float  # real time


def ran(case: Case, place: Place, challenger: str, hours: float, shown: Shown) -> Ran:
    """Run a case to its decision, or to the end of its market."""
    with started(place) as processes, closing(Told(place.settings)) as told:
        return Marathon(case, place, processes, told, shown).run(challenger, hours)


class Marathon:
    """Feeds the market, does what is due by now, and watches."""

    def __init__(self, case: Case, place: Place, processes: Processes, told: Told, shown: Shown) -> None:
        self._case, self._place, self._processes, self._told = case, place, processes, told
        self._operator = Operator(place, processes, told)
        self._shown = shown
        self._started = False
        self._killed = not case.kill_guard

    def run(self, challenger: str, hours: float) -> Ran:
        """Have the challenger loaded, start once the monitors are warm, and feed until it is decided."""
        began = time.monotonic()
        self._operator.select(challenger)
        summary = self._fed(hours)
        self._operator.settle()
        refused = self._operator.start_again() if self._told.of("rolled_back") else ""
        desk = self._operator.desk(challenger if self._told.of("promoted") else "")
        took = time.monotonic() - began
        return Ran(self._case, challenger, self._told.records, desk, refused, summary.records, took)

    def _fed(self, hours: float) -> Summary:
        topic, bootstrap = self._place.settings.tick_topics, self._place.settings.kafka_bootstrap
        step, summary = Lockstep(self._reached, AHEAD_S), Summary(topic=topic)
        records = self._records((hours + LONGER_H) * HOUR_S)
        with Delivery(bootstrap, topic) as delivery:
            feed_in_step(records, delivery, summary, step=step, ended=lambda: self._over(hours))
        return summary

    def _records(self, seconds: float) -> Iterator[Outgoing]:
        start = START_S * SECOND
        for record in simulate(self._case.market, SEED, start):
            if record.record_ts >= start + seconds * SECOND:
                return
            yield Outgoing(record.record_ts, record.key.decode(), record.value)

    def _reached(self) -> int | None:
        reached = self._processes.reached()
        if reached is not None:
            self._shown((reached - START_S) / HOUR_S, "running" if self._started else "warming up")
        return reached

    def _over(self, hours: float) -> bool:
        """Take in what is told, do what is due by now, and say whether the run is over."""
        self._operator.look_after()
        self._told.poll()
        if not self._started:
            if (self._processes.guard.reached() or 0) >= START_S + WARM_UP_S:
                self._operator.start(hours)
                self._started = True
        elif not self._killed and len(self._told.of("check")) > hours * HOUR_S / CHECK_EVERY_S / 2:
            self._killed = True
            self._processes.guard.kill()
            self._processes.guard.begin()
        return self._decided

    @property
    def _decided(self) -> bool:
        # a verdict to promote is followed at the next check
        longer = any(body["numbers"]["decision"] == "EXTEND" for body in self._told.of("decision"))
        return longer or bool(self._told.of("promoted") or self._told.of("rolled_back"))
