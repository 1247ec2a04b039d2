"""The real stages, fed from a plain log that is cut into batches at will."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import orjson

from models.desk.desk import Desk
from models.inputs import Beat, Cause, Input, ModelNews, Taken, TickBatch
from models.judge.judge import Judge
from models.judge.records import Emission, Observed, Record, Shard
from models.market.ledger import Totals
from models.market.market import Market
from models.monitor.monitor import Monitor
from models.scoring.constant import Constant
from models.scoring.model import Model
from models.scoring.registry import load_all
from models.scoring.scorer import ScoredBlock, Scorer
from models.spec import Spec
from models.ticks import Decoded, Invalid, Symbol, Ticks
from oracle.log import Bad, Log, Message, Order, Pulse, Skip, Told, Trade

SHARD = Shard("ticks", 0, 0)
_UNUSED = Symbol("nowhere", "UNUSED")
BUNDLES: dict[str, Model] = {
    f"trained@{digest}": Constant(p) for digest, p in (("ab" * 32, 0.7), ("cd" * 32, 0.2))
}
"""Models that are there once their news say so."""


class Line:
    """Market, Scorer, Judge and Monitor of one shard in a row, with everything they emitted."""

    def __init__(
        self,
        spec: Spec,
        desk: Desk | None = None,
        models: Mapping[str, Model] | None = None,
        shard: Shard = SHARD,
    ) -> None:
        self.spec, self.shard = spec, shard
        self.models = load_all(spec.models) | BUNDLES if models is None else models
        self.market = Market(spec, desk or Desk())
        self.scorer = Scorer(spec, self.models)
        self.judge = Judge(spec, shard, self.models)
        self.monitor = Monitor(spec, shard, self.models)
        self.emissions: list[Emission] = []
        self.observed: list[Observed] = []

    def step(self, activation: Sequence[Input]) -> None:
        """Take one activation."""
        self.judged(self.scorer.step(self.market.step(activation)))

    def judged(self, scored: Sequence[ScoredBlock]) -> None:
        """Take what the scorer made of one."""
        emissions = self.judge.step(scored)
        self.emissions += emissions
        self.observed += self.monitor.step([one for emission in emissions for one in emission.monitor])

    def run(self, log: Log, cuts: Iterable[int] = ()) -> Line:
        """Take a whole log, cut into activations."""
        for activation in inputs(log, cuts):
            self.step(activation)
        return self

    def restart(self) -> None:
        """Put all stages aside and build them again from deep copies of their snapshots."""
        stages = self.market, self.judge, self.monitor
        market, judge, monitor = copy.deepcopy([stage.snapshot() for stage in stages])
        self.market = Market(self.spec, Desk(), market)
        self.scorer = Scorer(self.spec, self.models)
        self.judge = Judge(self.spec, self.shard, self.models, judge)
        self.monitor = Monitor(self.spec, self.shard, self.models, monitor)

    @property
    def records(self) -> list[Record]:
        """Return all records, each stage's in the order of emission."""
        return [record for emitted in (*self.emissions, *self.observed) for record in emitted.records]

    def on(self, topic: str) -> list[dict[str, Any]]:
        """Return the bodies published on a topic."""
        return [record.body for record in self.records if record.topic == topic]  # type: ignore[misc]

    def published(self) -> list[bytes]:
        """Return the bytes of all records, topic by topic in order, as they would stand in the log."""
        return sorted_by_topic(self.records)

    def books(self) -> tuple[Totals, dict[str, dict[str, int]], dict[str, int], dict[str, int]]:
        """Return the ledger, that by symbol, next ordinals and counted outcomes."""
        last = self.emissions[-1] if self.emissions else None
        books = last.books if last is not None else None
        by_symbol = {name: books.of(name) for name in books.code_of} if books is not None else {}
        outcomes = dict(last.outcomes) if last is not None else {}
        return self.market.ledger, by_symbol, self.judge.ordinals | self.monitor.ordinals, outcomes


def sorted_by_topic(records: Iterable[Record]) -> list[bytes]:
    """Return records as bytes; each topic keeps its order, as it does in a broker."""
    return [frozen(record) for record in sorted(records, key=lambda record: record.topic)]


def frozen(record: Record) -> bytes:
    """Return everything about a record as bytes."""
    body = record.body if isinstance(record.body, bytes) else orjson.dumps(record.body)
    headers = orjson.dumps(dict(record.headers or {}))
    return b" ".join((record.topic.encode(), record.key.encode(), headers, body))


def inputs(log: Log, cuts: Iterable[int] = ()) -> list[list[Input]]:
    """Return a log as activations: lists of inputs that end before the given places in the log.

    A beat or a command ends a batch as well, since it changes the journal position.
    """
    edges = sorted({0, len(log), *(cut for cut in cuts if cut < len(log))})
    journalled = np.cumsum([not isinstance(event, Message) for event in log]).tolist()
    return [list(_activation(log, a, b, journalled)) for a, b in pairwise(edges)]


def _activation(log: Log, start: int, stop: int, journalled: Sequence[int]) -> Iterator[Input]:
    waiting: list[Message] = []
    for place in range(start, stop):
        event = log[place]
        if isinstance(event, Message):
            waiting.append(event)
            continue
        if waiting:
            yield batch_of(waiting, journalled[place] - 1)
            waiting = []
        cause = Cause(_next_offset(log, place), journalled[place])
        yield _journalled(event, cause)
    if waiting:
        yield batch_of(waiting, journalled[stop - 1])


def _journalled(event: Pulse | Order | Told, cause: Cause) -> Input:
    if isinstance(event, Told):
        return ModelNews(event.news, cause)
    return Beat(event.ts, cause) if isinstance(event, Pulse) else Taken(event.command, event.ts, cause)


def _next_offset(log: Log, place: int) -> int:
    return next((e.offset + 1 for e in reversed(log[:place]) if isinstance(e, Message)), 0)


def batch_of(records: Sequence[Message], seq: int = 0) -> TickBatch:
    """Return consecutive records as the columns that a codec would make of them."""
    return TickBatch(
        offsets=np.array([r.offset for r in records], dtype=np.int64),
        log_ts=np.array([r.ts for r in records], dtype=np.int64),
        values=[r.value for r in records],
        decoded=decoded(records),
        seq=seq,
    )


def decoded(records: Sequence[Message]) -> Decoded:
    """Return the items of records as columns; the symbol table is in no helpful order."""
    placed = [(r, place, item) for r, record in enumerate(records) for place, item in record.placed()]
    trades = [(r, place, item) for r, place, item in placed if isinstance(item, Trade)]
    table = (_UNUSED, *sorted({trade.symbol for _, _, trade in trades}, reverse=True))
    rows = [(r, place, table.index(trade.symbol), *trade[1:]) for r, place, trade in trades]
    columns: list[Any] = [
        np.array([row[i] for row in rows], dtype=kind)
        for i, kind in enumerate(("i8", "i8", "i8", "i8", "f8", "f8", "i1", "i8"))
    ]
    record, where, symbol, ts, price, qty, side, trade_id = columns
    ticks = Ticks(record, where, symbol, ts, price, qty, side, trade_id, table)
    skipped = np.array([r for r, _, item in placed if isinstance(item, Skip)], dtype=np.int64)
    bad = tuple(Invalid(r, place, *item) for r, place, item in placed if isinstance(item, Bad))
    return Decoded(ticks, skipped, bad)
