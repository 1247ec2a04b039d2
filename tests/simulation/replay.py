"""What a run must have published, recomputed from its ticks and its folded journal in one go."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np

from connectors.codecs.decode import Decoder
from connectors.codecs.wire import Encoded, decode_entry
from connectors.kafka.entries import as_input
from models.inputs import Input, TickBatch
from models.journal.entry import Entry
from models.journal.fold import Fold
from models.judge.records import TOPICS, Emission, Shard
from models.market.ledger import Totals
from tests.simulation.broker import Broker, Headers
from tests.simulation.plan import JOURNAL, Plan
from tests.simulation.stages import ALL, Items, line_of
from tests.simulation.world import TICKS

Outputs = dict[str, list[tuple[bytes, bytes, Headers]]]
"""Key, value and headers of the records of a shard, by topic."""

_DECODER = Decoder()


def published(broker: Broker, shard: Shard) -> Outputs:
    """Return what stands on a shard's output partitions."""
    return {
        topic: [
            (one.key or b"", one.value or b"", one.headers or []) for one in broker.seen(topic, shard.number)
        ]
        for topic in TOPICS
    }


def entries(broker: Broker, shard: Shard) -> list[Entry]:
    """Return the entries of a shard's journal that count."""
    fold = Fold()
    every = [decode_entry(one.value) for one in broker.logs[JOURNAL, shard.number]]
    return [entry for entry in every if fold.take(entry)]


class Replay:
    """Ticks and folded journal through new stages, without a crash, cut into batches at will."""

    def __init__(self, plan: Plan, broker: Broker, shard: Shard) -> None:
        self._rng = Random(f"replay {plan.seed}")
        line = line_of(plan, ALL)
        self._stages = {step: make(None) for step, make in line.makers.items()}
        self.outputs: Outputs = {topic: [] for topic in TOPICS}
        self.items = 0
        self.cause: Any = None
        self.ledger = Totals()
        for activation in self._activations(list(self._inputs(broker, shard))):
            items = [(shard.key, (shard, one)) for one in activation]
            for _, (emission, records) in line.activate(self._through, items):
                if isinstance(emission, Emission):
                    self.cause, self.ledger = emission.cause, emission.ledger
                for one in records:
                    self.outputs[one.topic].append((one.key, one.value, _headers(one)))

    def _through(self, step: str, items: Items) -> list[tuple[str, tuple[Shard, Any]]]:
        found, _ = self._stages[step].on_batch([value for _, value in items])
        return [(items[0][0], value) for value in found]

    def _inputs(self, broker: Broker, shard: Shard) -> Iterator[Input]:
        folded = entries(broker, shard)
        log = broker.logs[TICKS, shard.partition]
        at = folded[0].after
        for seq, entry in enumerate(folded):
            yield from self._batches(log, at, entry.after, seq)
            yield as_input(entry)
            at = entry.after
        yield from self._batches(log, at, len(log), len(folded))

    def _batches(self, log: Any, start: int, stop: int, seq: int) -> Iterator[TickBatch]:
        while start < stop:
            end = min(stop, start + self._rng.choice((1, 2, 7, 50, 500)))
            values = [one.value for one in log[start:end]]
            stamps = np.array([one.ms for one in log[start:end]]) * 1_000_000
            decoded = _DECODER.decode(values)
            self.items += len(decoded.ticks) + len(decoded.skipped) + len(decoded.invalid)
            yield TickBatch(np.arange(start, end), stamps, values, decoded, seq)
            start = end

    def _activations(self, inputs: list[Input]) -> Iterator[list[Input]]:
        while inputs:
            count = self._rng.choice((1, 3, 20))
            yield inputs[:count]
            inputs = inputs[count:]


def _headers(one: Encoded) -> Headers:
    return [(name, str(value).encode()) for name, value in one.headers or []]
