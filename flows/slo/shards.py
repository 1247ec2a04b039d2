"""The meter of the signals flow: what was read, asked, answered and delivered, shard by shard.

Each measurement is of a batch, by columns, never of a row. Log time and times of records are the producers'
and the exchange's: latencies are as true as their clocks, and one below 0 counts as 0. A second that is
longer past than ``AGED_S``, and every one of a recording, is no longer measured from its own time but from
when its record was read: what a backlog took is seen in ``aged`` and in the queue's depth instead.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from connectors.kafka.sink import Emitted
from flows.metrics.figures import ShardFigures
from flows.slo.released import Read, Releases
from flows.slo.reporter import Reporter
from models.desk.desk import Desk
from models.desk.gate import BUY, HOLD, REASONS, SELL, confidence
from models.desk.references import name_of
from models.inputs import Input, TickBatch
from models.judge.answered import Answered
from models.judge.bodies import tenth
from models.judge.records import Emission, Shard
from models.market.block import Closed
from models.scoring.model import Model, ModelRows
from models.slo.tally import Tally
from models.spec import SECOND
from models.ticks import Floats

AGED_S = 3_600
_MS = 1e6
_CANARY = REASONS.index("canary_symbol")


class ShardsMeter:
    """Called at the seams of the flow, all in the engine's thread.

    ``behind`` returns by shard how many records of its tick log are not taken in yet.
    """

    def __init__(
        self,
        reporter: Reporter,
        behind: Callable[[], Mapping[str, int]],
        *,
        recorded: bool = False,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._reporter = reporter
        self._behind = behind
        self._recorded = recorded
        self._clock = clock
        self._calls: list[tuple[str, float]] = []  # model, ms
        self._releases: dict[str, Releases] = {}
        self._figures: dict[str, ShardFigures] = {}

    def turn(self) -> None:
        """Send what is due, and look at the queues once a second; the source calls it at each round."""
        if self._reporter.looks():
            for shard, depth in self._behind().items():
                self._reporter.tally(shard).observe("queue_depth", np.array([float(depth)]))
                self.figures(shard).behind = depth

    def figures(self, shard: str) -> ShardFigures:
        """Return what metrics alone tell of a shard."""
        return self._figures.setdefault(shard, ShardFigures())

    def parts(self, shard: str) -> tuple[Tally, ShardFigures]:
        """Return everything that is counted of a shard."""
        return self._reporter.tally(shard), self.figures(shard)

    def read(self, shard: Shard, inputs: Sequence[Input]) -> None:
        """Remember when tick records came in."""
        releases = self._releases.setdefault(shard.key, Releases())
        for one in inputs:
            if isinstance(one, TickBatch):
                now = self._clock()
                releases.read(one, now)
                self.figures(shard.key).read(one, now)

    def call(self, reference: str, model: Model, rows: ModelRows) -> Floats:
        """Ask a model and take the time of it."""
        began = time.perf_counter()
        try:
            return model.predict(rows)
        finally:
            self._calls.append((reference, (time.perf_counter() - began) * 1e3))

    def scored(self, closed: Sequence[tuple[Shard, Closed]]) -> None:
        """Book the calls of one activation with the shards whose rows they answered."""
        calls, self._calls = self._calls, []
        for shard, one in closed:
            if one.block is not None:
                selected = _selected(one.desk)
                own = [(name, ms) for name, ms in calls if name in selected]
                self._reporter.tally(shard.key).observe("inference", np.array([ms for _, ms in own]))
                for name, took_ms in own:
                    self.figures(shard.key).called(name_of(name), took_ms)

    def delivered(self, shard: Shard, emissions: Sequence[Emitted], at: int) -> None:
        """Count what the broker has acknowledged at a wall clock, ns."""
        tally = self._reporter.tally(shard.key)
        releases = self._releases.setdefault(shard.key, Releases())
        for emission in emissions:
            if isinstance(emission, Emission):
                tally.stands(emission.ledger)
                read = releases.of(emission.cause)
                if emission.answered is not None:
                    _count(tally, emission.answered)
                    self._time(tally, emission, emission.answered, read, at)
                began = int(read.log_ts[0]) if read is not None else None
                self._reporter.passed(shard.key, emission.log_ts, began)

    def _time(self, tally: Tally, emission: Emission, rows: Answered, read: Read | None, at: int) -> None:
        if self._recorded or at - emission.log_ts > AGED_S * SECOND:
            _time_aged(tally, rows, read, at)
            return
        if read is not None:
            tally.observe("engine", (at - read.written(rows.offset)) / _MS)
        tally.observe("score_e2e", (at - (rows.second + 1) * SECOND) / _MS)


def _time_aged(tally: Tally, rows: Answered, read: Read | None, at: int) -> None:
    tally.count("aged", len(rows.second))
    if read is not None:
        took = np.full(len(rows.second), (at - read.at) / _MS)
        tally.observe("engine", took)
        tally.observe("score_e2e", took)


def _selected(desk: Desk) -> set[str]:
    """Return whose calls are measured; stub-sine's only where it is one of them."""
    return {desk.model, desk.challenger, *desk.members}


def _count(tally: Tally, rows: Answered) -> None:
    columns: dict[str, Any] = {
        "errors": rows.failed,
        "fallback": rows.fallback,
        "guarded": rows.guarded,
        "buy": rows.signal == BUY,
        "sell": rows.signal == SELL,
        "hold": rows.signal == HOLD,
        "advisory": rows.advisory,
        "canary_blocked": rows.reason == _CANARY,
        "ml_score": rows.ends_five,
    }
    tally.count("rows", len(rows.second))
    for name, column in columns.items():
        tally.count(name, int(np.count_nonzero(column)))
    own = rows.prob[rows.own]
    tally.answered(confidence(own), tenth(own))
