"""Blocks of columns as record bodies: one plain dict a row, in row order."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from models.desk.desk import Desk
from models.desk.gate import REASONS, SIGNALS, Decisions, confidence
from models.judge.records import Shard, record_id
from models.market.block import BarColumns, Block
from models.market.schema import FEATURES_VERSION, NAMES
from models.scoring.scorer import FALLBACK
from models.spec import SECOND
from models.ticks import Floats, Symbol

Body = dict[str, Any]


class Row(NamedTuple):
    """What all records of a row share: its symbol, window end, cause."""

    name: str
    venue: str
    qualified: str
    end: int
    cause: Body

    def body(self, kind: str, *more: object) -> Body:
        """Return the head of a record: id, symbol, venue, window end."""
        key = record_id(kind, self.qualified, self.end, *more)
        return {"id": key, "symbol": self.name, "venue": self.venue, "ts": self.end}


def cause_body(shard: Shard, offset: int, seq: int) -> Body:
    """Return ``caused_by``: next tick offset and journal number behind the input that released a record."""
    return {"topic": shard.topic, "partition": shard.partition, "offset": offset, "seq": seq}


def rows_of(block: Block, names: list[str], symbols: list[Symbol], shard: Shard) -> list[Row]:
    """Return the shared part of every row."""
    ends = ((block.second + 1) * SECOND).tolist()
    offsets = block.offset.tolist()
    return [
        Row(names[c], symbols[c].venue, ":".join(symbols[c]), end, cause_body(shard, offset, block.seq))
        for c, end, offset in zip(block.code.tolist(), ends, offsets, strict=True)
    ]


class Said(NamedTuple):
    """What a model said of every row, and under which name."""

    prob: Floats
    models: list[str]
    versions: list[str]
    role: str
    horizon_s: int


def signals(
    rows: list[Row], block: Block, said: Said, parts: Floats, gate: Decisions, desk: Desk
) -> list[Body]:
    """Return the signal of every row."""
    columns = zip(
        rows, said.prob.tolist(), confidence(said.prob).tolist(), parts.tolist(), said.models, said.versions,
        gate.signal.tolist(), gate.reason.tolist(), gate.advisory.tolist(), block.price.tolist(), strict=True,
    )  # fmt: skip
    return [
        row.body("signal", said.horizon_s)
        | {
            "horizon_s": said.horizon_s,
            "signal": SIGNALS[signal],
            "prob": prob,
            "confid": confid,
            "ml_bucket": min(int(prob * 10), 9),
            "ml_signal_parts": dict(zip(("rsi", "macd", "trend"), part, strict=True)),
            "model": model,
            "model_version": version,
            "feature_version": FEATURES_VERSION,
            "fallback": model == FALLBACK,
            "advisory": advisory,
            "canary": desk.canary,
            "reason": REASONS[reason],
            "price": price,
            "caused_by": row.cause,
        }
        for row, prob, confid, part, model, version, signal, reason, advisory, price in columns
    ]


def predictions(rows: list[Row], said: Said) -> list[Body]:
    """Return the prediction of every row in one role, naming the feature row it was made of."""
    columns = zip(rows, said.prob.tolist(), said.models, said.versions, strict=True)
    return [
        row.body("prediction", said.horizon_s, model, said.role)
        | {
            "horizon_s": said.horizon_s,
            "role": said.role,
            "model": model,
            "model_version": version,
            "prob": prob,
            "fallback": model == FALLBACK,
            "feature_id": record_id("features", row.qualified, row.end, "1s"),
            "caused_by": row.cause,
        }
        for row, prob, model, version in columns
    ]


def features(rows: list[Row], block: Block) -> Iterator[Body]:
    """Yield each row's m1s record and, where a five-second bar ends, its m5s record right behind it."""
    second, five = _bars(block.bar), _bars(block.five)
    columns = zip(
        rows, second, five, block.ends_five.tolist(), block.price.tolist(), block.age.tolist(),
        block.x.tolist(), strict=True,
    )  # fmt: skip
    for row, bar, bar5, ends, price, age, values in columns:
        tail = {"price": price, "age_s": age, "feature_version": FEATURES_VERSION}
        named = dict(zip(NAMES, values, strict=True))
        yield _feature(row, "1s", bar) | tail | {"values": named, "caused_by": row.cause}
        if ends:
            yield _feature(row, "5s", bar5) | tail | {"caused_by": row.cause}


def _feature(row: Row, tf: str, bar: list[float | None]) -> Body:
    return row.body("features", tf) | {"tf": tf} | dict(zip("ohlcvn", bar, strict=True))


def _bars(bar: BarColumns) -> list[list[float | None]]:
    """Return open, high, low, close, volume and trade count of every row, null where nothing traded."""
    prices = np.stack([bar.open, bar.high, bar.low, bar.close], axis=1).tolist()
    return [
        [None if math.isnan(p) else p for p in price] + [volume, count]
        for price, volume, count in zip(prices, bar.volume.tolist(), bar.count.tolist(), strict=True)
    ]
