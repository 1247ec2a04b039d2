"""Blocks of columns as record bodies: one plain dict a row, in row order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from models.desk.desk import Desk
from models.desk.gate import REASONS, SIGNALS, Decisions, confidence
from models.judge.heard import Heard, Said, arms_of
from models.judge.panel import Scores
from models.judge.records import Shard, record_id
from models.market.block import BarColumns, Block
from models.market.schema import FEATURES_VERSION, NAMES
from models.scoring.scorer import FALLBACK
from models.spec import SECOND
from models.ticks import Floats, Ints, Symbol

Body = dict[str, Any]
Bar = tuple[float | None, float | None, float | None, float | None, float, int]
"""Open, high, low, close, volume, trades."""


class Row(NamedTuple):
    """What all records of a row share: its symbol, window end, cause."""

    name: str
    venue: str
    qualified: str
    end: int
    cause: Body
    feature_id: str  # of its m1s record, which its predictions name

    def body(self, kind: str, *more: object) -> Body:
        """Return the head of a record: id, symbol, venue, window end."""
        return {"id": self.id(kind, *more), "symbol": self.name, "venue": self.venue, "ts": self.end}

    def id(self, kind: str, *more: object) -> str:
        """Return the id of a record of this row."""
        return record_id(kind, self.qualified, self.end, *more)


def cause_body(shard: Shard, offset: int, seq: int) -> Body:
    """Return ``caused_by``: next tick offset and journal number behind the input that released a record."""
    return {"topic": shard.topic, "partition": shard.partition, "offset": offset, "seq": seq}


def rows_of(block: Block, names: list[str], symbols: list[Symbol], shard: Shard) -> list[Row]:
    """Return the shared part of every row."""
    ends = ((block.second + 1) * SECOND).tolist()
    codes, offsets = block.code.tolist(), block.offset.tolist()
    known = {c: (names[c], symbols[c].venue, ":".join(symbols[c])) for c in set(codes)}
    return [
        row_of(*known[c], end, cause_body(shard, offset, block.seq))
        for c, end, offset in zip(codes, ends, offsets, strict=True)
    ]


def row_of(name: str, venue: str, qualified: str, end: int, cause: Body) -> Row:
    """Return the shared part of a row, with the id of its m1s record."""
    return Row(name, venue, qualified, end, cause, record_id("features", qualified, end, "1s"))


def signals(
    rows: list[Row], block: Block, heard: Heard, scores: Scores, gate: Decisions, desk: Desk
) -> list[Body]:
    """Return the signal of every row, with all that a paper account needs to know of it."""
    said = heard.counted
    buckets = tenth(said.prob).tolist()
    columns = zip(
        rows, said.prob.tolist(), confidence(said.prob).tolist(), scores.uncertainty.tolist(), buckets,
        scores.parts.tolist(), said.models, said.versions, gate.signal.tolist(), gate.wanted.tolist(),
        gate.reason.tolist(), gate.advisory.tolist(), block.price.tolist(), _or_null(block.bar.open),
        *arms_of(heard, desk, len(rows)), strict=True,
    )  # fmt: skip
    return [
        {
            "id": row.id("signal", said.horizon_s),
            "symbol": row.name,
            "venue": row.venue,
            "ts": row.end,
            "horizon_s": said.horizon_s,
            "signal": SIGNALS[signal],
            "wanted": SIGNALS[wanted],
            "prob": prob,
            "confid": confid,
            "uncertainty": doubt,
            "ml_bucket": bucket,
            "ml_signal_parts": {"rsi": rsi, "macd": macd, "trend": trend},
            "model": model,
            "model_version": version,
            "feature_version": FEATURES_VERSION,
            "fallback": model == FALLBACK,
            "advisory": advisory,
            "canary": desk.canary,
            "reason": REASONS[reason],
            "price": price,
            "open": opened,
            "arm": arm,
            "shadow": shadowed,
            "incumbent": instead,
            "caused_by": row.cause,
        }
        for row, prob, confid, doubt, bucket, (rsi, macd, trend), model, version, signal, wanted, reason,
            advisory, price, opened, arm, shadowed, instead in columns
    ]  # fmt: skip


def tenth(prob: Floats) -> Ints:
    """Return the bucket of each score among ten of equal width, 0 to 9."""
    return np.minimum((prob * 10).astype(np.int64), 9)


def predictions(rows: list[Row], said: Said) -> list[Body]:
    """Return the prediction of every row in one role, naming the feature row it was made of."""
    columns = zip(rows, said.prob.tolist(), said.models, said.versions, strict=True)
    return [
        {
            "id": row.id("prediction", said.horizon_s, model, said.role),
            "symbol": row.name,
            "venue": row.venue,
            "ts": row.end,
            "horizon_s": said.horizon_s,
            "role": said.role,
            "model": model,
            "model_version": version,
            "prob": prob,
            "fallback": model == FALLBACK,
            "feature_id": row.feature_id,
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
        body = _feature(row, row.feature_id, "1s", bar, price, age)
        body["values"] = dict(zip(NAMES, values, strict=True))
        yield body
        if ends:
            yield _feature(row, row.id("features", "5s"), "5s", bar5, price, age)


def _feature(row: Row, name: str, tf: str, bar: Bar, price: float, age: float) -> Body:
    o, h, l, c, v, n = bar  # noqa: E741  the names of the record
    return {
        "id": name,
        "symbol": row.name,
        "venue": row.venue,
        "ts": row.end,
        "tf": tf,
        "o": o,
        "h": h,
        "l": l,
        "c": c,
        "v": v,
        "n": n,
        "price": price,
        "age_s": age,
        "feature_version": FEATURES_VERSION,
        "caused_by": row.cause,
    }


def _bars(bar: BarColumns) -> Iterator[Bar]:
    """Yield open, high, low, close, volume and trade count of every row, null where nothing traded."""
    prices = map(_or_null, (bar.open, bar.high, bar.low, bar.close))
    return zip(*prices, bar.volume.tolist(), bar.count.tolist(), strict=True)


def _or_null(prices: Floats) -> list[float | None]:
    found: list[float | None] = prices.tolist()
    for row in np.flatnonzero(np.isnan(prices)).tolist():
        found[row] = None
    return found
