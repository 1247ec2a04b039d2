"""The engine's part of a process: items on their way through the stages, and snapshots of epochs.

Kept is what a crash can show: items wait between source and stages, a snapshot is taken behind a drained
epoch, of every source, of stages that had input and of sinks that were written to, and an epoch becomes
durable some time after its rows are written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.kafka.sink import ShardSink, ShardSinks
from connectors.kafka.source import Item
from flows.signals import STEPS
from flows.stages import KeyedStage
from tests.simulation.disk import Row
from tests.simulation.plan import SNAPSHOT
from tests.simulation.rules import Rules
from tests.simulation.stages import Line
from tests.simulation.world import World

SOURCE = STEPS[0]


class Engine:
    """Keyed steps, sinks and the present epoch of one life."""

    def __init__(self, world: World, rules: Rules, line: Line, sinks: ShardSinks) -> None:
        if rules.purge:
            world.disk.purge()
        self._world, self._rules, self._line, self._makes = world, rules, line, sinks
        self._saved = world.disk.load()
        self._epoch = world.disk.resume
        self._not_durable: int | None = None
        self._queue: list[Item] = []
        self._stages: dict[Row, KeyedStage[Any, Any]] = {}
        self._sinks: dict[str, ShardSink] = {}
        self._touched: set[Row] = set()
        self._written: set[str] = set()

    def source_state(self, key: str) -> bytes | None:
        """Return what the snapshot says of a source."""
        return self._saved.get((SOURCE, key))

    def put(self, items: Sequence[Item]) -> None:
        """Take items from a source; they wait for an activation."""
        self._queue += items

    def waiting(self) -> int:
        """Return how many items wait."""
        return len(self._queue)

    def activate(self, count: int) -> None:
        """Let the next items through all stages to the sink, as one activation."""
        self._world.point()
        inputs, self._queue = self._queue[:count], self._queue[count:]
        published = defaultdict(list)
        for key, records in self._line.activate(self._through, inputs):
            published[key].append(records)
        for key, batch in published.items():
            self._sink(key).write_batch(batch)

    def snapshot(self, sources: Mapping[str, bytes]) -> None:
        """End the epoch: drain, flush, write the rows; they are durable only with :meth:`complete`."""
        self.complete()
        assert not self._queue, "sources are asked for their state behind a drained epoch"
        rows = {(SOURCE, key): state for key, state in sources.items()}
        rows |= {row: self._stages[row].snapshot() for row in self._touched}
        for key in sorted(self._written):
            self._sinks[key].snapshot()
        self._world.disk.write(self._epoch, rows)
        self._not_durable = self._epoch
        self._epoch += 1
        self._touched, self._written = set(), set()
        self._world.moment(SNAPSHOT)

    def complete(self) -> None:
        """Make the rows that were written last durable."""
        if self._not_durable is not None:
            self._world.disk.complete(self._not_durable)
            self._not_durable = None
            self._world.moment(SNAPSHOT)

    def close(self) -> None:
        """Close the sinks."""
        for sink in self._sinks.values():
            sink.close()

    def _through(self, step: str, items: Sequence[Any]) -> list[Any]:
        # as the engine does: key by key, in the order of the keys
        outputs = []
        for key in sorted({key for key, _ in items}):
            row = (step, key)
            if row not in self._stages:
                self._stages[row] = self._line.makers[step](self._saved.get(row))
            self._touched.add(row)
            found, _ = self._stages[row].on_batch([value for k, value in items if k == key])
            outputs += [(key, value) for value in found]
        return outputs

    def _sink(self, key: str) -> ShardSink:
        if key not in self._sinks:
            self._sinks[key] = self._rules.weaken_sink(self._makes.build_part("", key, None))
        self._written.add(key)
        return self._sinks[key]
