"""What stands between source and sink: the product's stages, or one small stage that tells all it has seen.

Most of what a crash can break is a matter of the protocol, not of features and scores. For it, the small
stage is a sharper and far faster witness: each of its records depends on everything taken in before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any, Protocol

import orjson

from connectors.codecs.wire import Encoded
from connectors.kafka.sink import Published
from flows.signals import STEPS
from flows.stages import (
    KeyedStage,
    encode_records,
    for_monitor,
    judge_stage,
    market_stage,
    monitor_stage,
    score_batch,
)  # fmt: skip
from models.desk.desk import Desk
from models.inputs import Beat, Cause, Genesis, Input, ModelNews, Taken, TickBatch
from models.judge.records import FALLBACK, FEATURES, PROGRESS, SIGNALS, TOPICS, Emission, Shard
from models.market.ledger import Totals
from models.scoring.model import Model
from models.scoring.registry import load_all
from models.scoring.scorer import Scorer
from tests.simulation.bundles import GOOD
from tests.simulation.plan import MODELS, Plan

Items = Sequence[tuple[str, tuple[Shard, Any]]]
Through = Callable[[str, Items], list[tuple[str, tuple[Shard, Any]]]]
"""Lets items, with the keys of their shards, through a keyed step."""

_SOURCE, _MARKET, _, _JUDGE, _, _MONITOR, *_ = STEPS
ALL: dict[str, Model] = {**load_all(MODELS), **GOOD}
_DESK = Desk()
_NAME = "ALL"


class Line(Protocol):
    """The stages of a process in a row."""

    makers: dict[str, Callable[[Any], KeyedStage[Any, Any]]]
    """What makes the keyed steps from their snapshots."""

    def activate(self, through: Through, items: Items) -> list[tuple[str, Published]]:
        """Return what items release."""


def line_of(plan: Plan, models: dict[str, Model]) -> Line:
    """Return the stages of a run, which score with these models."""
    return Product(plan, models) if plan.whole else Telltales()


class Product:
    """Market, Scorer, Judge and Monitor as the signals flow wires them."""

    def __init__(self, plan: Plan, models: dict[str, Model]) -> None:
        self._score = score_batch(Scorer(plan.spec, models))
        self.makers = {
            _MARKET: market_stage(plan.spec),
            _JUDGE: judge_stage(plan.spec, models),
            _MONITOR: monitor_stage(plan.spec, models),
        }

    def activate(self, through: Through, items: Items) -> list[tuple[str, Published]]:
        """Return what items release."""
        judged = through(_JUDGE, self._score(list(through(_MARKET, items))))
        buckets = [bucket for item in judged for bucket in for_monitor(item)]
        observed = through(_MONITOR, buckets) if buckets else []
        return [encode_records(item) for item in (*judged, *observed)]


class Telltales:
    """One small stage a shard."""

    def __init__(self) -> None:
        self.makers = {"telltale": lambda saved: KeyedStage(Telltale, saved)}

    def activate(self, through: Through, items: Items) -> list[tuple[str, Published]]:
        """Return what items release."""
        return [(key, published) for key, (_, published) in through("telltale", items)]


class Telltale:
    """Publishes a record for most ticks and every entry, with a digest of the whole history before it."""

    def __init__(self, shard: Shard, saved: dict[str, Any] | None) -> None:
        saved = saved or {}
        self._shard = shard
        self._digest: bytes = saved.get("digest", b"")
        self._ordinals: dict[str, int] = dict(saved.get("ordinals", dict.fromkeys(TOPICS, 0)))
        self._read: int = saved.get("read", 0)
        self._killed: bool = saved.get("killed", False)
        self._last_n: int = saved.get("last_n", -1)

    def snapshot(self) -> dict[str, Any]:
        """Return the state."""
        return {
            "digest": self._digest, "ordinals": dict(self._ordinals), "read": self._read,
            "killed": self._killed, "last_n": self._last_n,
        }  # fmt: skip

    def step(self, inputs: Sequence[Input]) -> list[Published]:
        """Take inputs in order."""
        return [self._one(one) for one in inputs]

    def _one(self, one: Input) -> Published:
        if isinstance(one, TickBatch):
            records = [record for i in range(len(one)) for record in self._tick(one, i)]
            decoded = one.decoded
            self._read += len(decoded.ticks) + len(decoded.skipped) + len(decoded.invalid)
            cause = Cause(int(one.offsets[-1]) + 1, one.seq)
        else:
            self._take(one)
            cause = one.cause
            # before the first tick the product has nothing to publish either
            records = [self._record(FALLBACK, cause)] if cause.offset else []
        return Emission([], cause, _DESK, 0, Totals(used=self._read)), records

    def _tick(self, batch: TickBatch, i: int) -> list[Encoded]:
        offset = int(batch.offsets[i])
        self._see(b"tick %d %d" % (offset, batch.log_ts[i]), batch.values[i] or b"")
        topic = (SIGNALS, FEATURES, PROGRESS, None)[offset % 4]
        return [self._record(topic, Cause(offset + 1, batch.seq))] if topic else []

    def _take(self, one: Beat | Taken | Genesis | ModelNews) -> None:
        if isinstance(one, ModelNews):
            self._see(one.news.kind.encode(), one.news.reference.encode())
        elif isinstance(one, Taken):
            self._see(one.command.id.encode())
            self._obey(one)
        else:
            self._see(type(one).__name__.encode(), str(getattr(one, "ts", "")).encode())

    def _obey(self, one: Taken) -> None:
        command = one.command
        if command.n > self._last_n:
            self._last_n = command.n
            if command.scope == "all":
                self._killed = (self._killed or command.cmd == "kill") and command.cmd != "unkill"

    def _see(self, *what: bytes) -> None:
        self._digest = blake2b(b"\x1f".join((self._digest, *what)), digest_size=8).digest()

    def _record(self, topic: str, cause: Cause) -> Encoded:
        ordinal = self._ordinals[topic]
        self._ordinals[topic] += 1
        word = {"signal": "HOLD", "advisory": True} if self._killed else {"signal": "BUY", "advisory": False}
        value = {
            "symbol": _NAME, "ts": cause.offset, **word, "history": self._digest.hex(), "ordinal": ordinal,
            "caused_by": {"offset": cause.offset, "seq": cause.seq},
        }  # fmt: skip
        return Encoded(topic, _NAME.encode(), orjson.dumps(value), None, ordinal)
