"""A shard under the meter of the signals flow, with clocks that stand still unless they are moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import orjson
from one_shard import START, trade

from connectors.codecs import Decoder
from flows.slo.reporter import Reporter
from flows.slo.shards import ShardsMeter
from models.desk.desk import Desk
from models.inputs import Beat, Cause, Input, TickBatch
from models.judge.judge import Judge
from models.judge.records import Emission, Shard
from models.market.market import Market
from models.scoring.model import Model
from models.scoring.registry import load_all
from models.scoring.scorer import Scorer
from models.slo.body import Body
from models.slo.tally import Tally
from models.spec import Spec

MILLI = 1_000_000
SHARD = Shard("ticks", 2, 2)


class Heard:
    """A log that keeps what it is sent, beside a wall clock and a monotonic one."""

    def __init__(self) -> None:
        self.lost = 0
        self.closed = False
        self.records: list[tuple[int, Body]] = []
        self.now = START
        self.passed = 0.0

    def send(self, partition: int, body: Body) -> None:
        """Keep a record."""
        self.records.append((partition, orjson.loads(orjson.dumps(body))))

    def close(self) -> None:
        """Note it."""
        self.closed = True

    def reporter(self, *tallies: Tally, **more: Any) -> Reporter:
        """Return a reporter on these clocks."""
        return Reporter(self, [*tallies], clock=lambda: self.now, monotonic=lambda: self.passed, **more)


class Metered:
    """Market, Scorer and Judge of one shard, wired to a meter as the signals flow does it."""

    def __init__(
        self,
        desk: Desk | None = None,
        behind: Callable[[], dict[str, int]] = dict,
        recorded: bool = False,
        models: dict[str, Model] | None = None,
    ) -> None:
        spec = Spec(models=("stub-sine", "ml-fusion", "constant-0.9"))
        self.log = Heard()
        self.reporter = self.log.reporter(Tally("signals", SHARD.key, SHARD.number))
        self.meter = ShardsMeter(self.reporter, behind, recorded=recorded, clock=lambda: self.log.now)
        known = dict(load_all(spec.models)) | (models or {})
        self._market = Market(spec, desk or Desk(), topic=SHARD.topic, partition=SHARD.partition)
        self._scorer = Scorer(spec, known, self.meter.call)
        self._judge = Judge(spec, SHARD, known)
        self._decoder = Decoder()
        self._offset = self._seq = 0

    def ticks(self, *records: dict[str, Any] | bytes, written: list[int] | None = None) -> list[Emission]:
        """Take in one batch of records; ``written`` gives their timestamps, else each has its trade's."""
        values = [r if isinstance(r, bytes) else orjson.dumps(r) for r in records]
        times = written or [r["ts"] if isinstance(r, dict) else START for r in records]
        offsets = np.arange(self._offset, self._offset + len(values))
        self._offset += len(values)
        decoded = self._decoder.decode(values)
        return self._step(TickBatch(offsets, np.array(times), values, decoded, self._seq))

    def beat(self, ts: int) -> list[Emission]:
        """Move log time on without a tick."""
        self._seq += 1
        return self._step(Beat(ts, Cause(self._offset, self._seq)))

    def deliver(self, emissions: list[Emission], at: int) -> None:
        """Let the broker have them at a wall clock, ns."""
        self.meter.delivered(SHARD, emissions, at)

    def told(self) -> Body:
        """Let ten seconds of the clock pass and return the record that this brings."""
        self.log.passed += 10.0
        self.meter.turn()
        return self.log.records[-1][1]

    def _step(self, one: Input) -> list[Emission]:
        self.meter.read(SHARD, [one])
        closed = self._market.step([one])
        scored = self._scorer.step(closed)
        self.meter.scored([(SHARD, each) for each in closed])
        return self._judge.step(scored)


def trades(symbol: str, *seconds: float) -> list[dict[str, Any]]:
    """Return a trade of a symbol at each of these seconds of the test's day."""
    return [trade(symbol, second, 100.0, trade_id=n + 1) for n, second in enumerate(seconds)]
