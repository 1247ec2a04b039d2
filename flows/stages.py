"""The stages as Bytewax sees them: thin adapters, keyed by shard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from bytewax.operators import StatefulBatchLogic

from connectors.codecs.wire import Encoded, encode
from connectors.failpoints import reach
from connectors.recovery.state import pack, unpack
from models.desk.desk import Desk
from models.guard.guard import Guard
from models.guard.inputs import GuardInput
from models.guard.records import Guarded
from models.guard.spec import GuardSpec
from models.inputs import Genesis, Input
from models.judge.judge import Judge
from models.judge.records import Emission, Observed, Record, Shard
from models.market.block import Closed
from models.market.market import Market
from models.monitor.bucket import Bucket
from models.monitor.monitor import Monitor
from models.paper.account import Account, Booked
from models.paper.inputs import AccountInput
from models.paper.spec import PaperSpec
from models.scoring.model import Model
from models.scoring.scorer import ScoredBlock, Scorer
from models.spec import Spec

X = TypeVar("X")
Y = TypeVar("Y")
Keyed = tuple[str, tuple[Shard, X]]
R = TypeVar("R", bound="Recorded")


class Recorded(Protocol):
    """Whatever a stage emits that has records."""

    @property
    def records(self) -> Sequence[Record]:
        """Return them in order."""


class Stage(Protocol[X, Y]):
    """A plain object: inputs in order to outputs in order, and its state as plain data."""

    def step(self, inputs: list[X]) -> list[Y]:
        """Take inputs in order."""

    def snapshot(self) -> dict[str, Any]:
        """Return the state."""


class KeyedStage(StatefulBatchLogic[tuple[Shard, X], tuple[Shard, Y], bytes]):
    """Runs one stage for one shard; the stage is made at the first input, which names the shard.

    ``seen`` is called with what comes in, before the stage has it.
    """

    def __init__(
        self,
        make: Callable[[Shard, Any], Stage[X, Y]],
        saved: bytes | None,
        seen: Callable[[Shard, Sequence[X]], None] | None = None,
    ) -> None:
        self._make = make
        self._seen = seen
        self._saved = saved
        self._stage: Stage[X, Y] | None = None

    def on_batch(self, values: list[tuple[Shard, X]]) -> tuple[list[tuple[Shard, Y]], bool]:
        """Hand the batch to the stage; never discard its state."""
        shard = values[0][0]
        if self._stage is None:
            self._stage = self._make(shard, unpack(self._saved) if self._saved else None)
            self._saved = None
        inputs = [value for _, value in values]
        if self._seen is not None:
            self._seen(shard, inputs)
        outputs = self._stage.step(inputs)
        return [(shard, output) for output in outputs], self.RETAIN

    def snapshot(self) -> bytes:
        """Return the state of the stage."""
        reach("snapshot.stage")
        if self._stage is None:
            return self._saved or b""
        return pack(self._stage.snapshot())


def market_stage(
    spec: Spec, seen: Callable[[Shard, Sequence[Input]], None] | None = None
) -> Callable[[Any], KeyedStage[Input, Closed]]:
    """Return the builder of Market stages; the desk comes with the shard's genesis."""
    return lambda saved: KeyedStage(lambda shard, state: _market(spec, shard, state), saved, seen)


def _market(spec: Spec, shard: Shard, state: Any) -> Market:
    return Market(spec, Desk(), state, topic=shard.topic, partition=shard.partition)


def judge_stage(
    spec: Spec, models: Mapping[str, Model]
) -> Callable[[Any], KeyedStage[ScoredBlock, Emission]]:
    """Return the builder of Judge stages."""
    return lambda saved: KeyedStage(lambda shard, state: Judge(spec, shard, models, state), saved)


def score_batch(
    scorer: Scorer, seen: Callable[[Sequence[tuple[Shard, Closed]]], None] | None = None
) -> Callable[[list[Keyed[Closed]]], list[Keyed[ScoredBlock]]]:
    """Return the scoring of one activation: the rows of all shards in one call a model.

    ``seen`` is called with what came in, behind the calls.
    """

    def score(items: list[Keyed[Closed]]) -> list[Keyed[ScoredBlock]]:
        scored = scorer.step([closed for _, (_, closed) in items])
        if seen is not None:
            seen([item for _, item in items])
        return [(key, (shard, block)) for (key, (shard, _)), block in zip(items, scored, strict=True)]

    return score


def for_monitor(item: Keyed[Emission]) -> list[Keyed[Genesis | Bucket]]:
    """Return what Monitor is to take in of an emission: it wakes only when a bucket has closed."""
    key, (shard, emission) = item
    return [(key, (shard, one)) for one in emission.monitor]


def monitor_stage(
    spec: Spec, models: Mapping[str, Model]
) -> Callable[[Any], KeyedStage[Genesis | Bucket, Observed]]:
    """Return the builder of Monitor stages."""
    return lambda saved: KeyedStage(lambda shard, state: Monitor(spec, shard, models, state), saved)


def account_stage(spec: PaperSpec) -> Callable[[Any], KeyedStage[AccountInput, Booked]]:
    """Return the builder of the account, which has one key."""
    return lambda saved: KeyedStage(lambda _, state: Account(spec, state), saved)


def guard_stage(spec: GuardSpec) -> Callable[[Any], KeyedStage[GuardInput, Guarded]]:
    """Return the builder of the guard, which has one key."""
    return lambda saved: KeyedStage(lambda _, state: Guard(spec, state), saved)


def encode_records(item: Keyed[R]) -> tuple[str, tuple[R, list[Encoded]]]:
    """Return what a stage emitted with the bytes of its records."""
    key, (_, emitted) = item
    return key, (emitted, [encode(record) for record in emitted.records])
