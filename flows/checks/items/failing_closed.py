"""What the shipped stages do with rows that cannot be trusted, tried here on a shard of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import orjson

from connectors.codecs import Decoder
from flows.checks.ground import Ground
from flows.checks.seen import Seen, failed, passed
from models.desk.desk import Desk
from models.inputs import TickBatch
from models.judge.judge import Judge
from models.judge.records import SIGNALS, Shard
from models.market.block import Block, Closed
from models.market.market import Market
from models.scoring.registry import load_all
from models.scoring.scorer import Scorer
from models.spec import SECOND, Spec

ALWAYS_BUY = "constant-0.99"
START = 1_700_000_000 * SECOND
TROUBLES = {"null": np.nan, "NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}

Body = dict[str, Any]


def guard_fails_closed(ground: Ground) -> Seen:
    """Whatever the model says, a row whose feature or price is no number is HOLD, advisory, by the guard."""
    del ground
    sound = signals(Desk(model=ALWAYS_BUY))
    if {one["signal"] for one in sound} != {"BUY"}:
        return failed("a sound row is not answered with the model's BUY", "is this version intact? make test")
    wrong = []
    for name, value in TROUBLES.items():
        for field in ("feature", "price"):
            found = signals(Desk(model=ALWAYS_BUY), spoilt(field, value))
            if not found or not all(_closed(one) for one in found):
                wrong.append(f"{field} {name}")
    if wrong:
        return failed(f"not guarded: {', '.join(wrong)}", "do not trade with this version")
    return passed(f"HOLD, advisory, reason guard for {', '.join(TROUBLES)} in a feature and in the price")


def fallback_without_model(ground: Ground) -> Seen:
    """Without the model that is selected, the fallback answers, flagged and advisory."""
    del ground
    found = signals(Desk(model="lost"))
    if not found or not all(one["fallback"] and one["advisory"] and 0 <= one["prob"] <= 1 for one in found):
        return failed("rows without a usable model are not flagged", "do not trade with this version")
    return passed("stub-sine answers, fallback: true, advisory: true")


def _closed(body: Body) -> bool:
    return (body["signal"], body["advisory"], body["reason"]) == ("HOLD", True, "guard")


def spoilt(field: str, value: float) -> Any:
    """Return what puts a value into a feature, or the price, of every row of a block."""

    def spoil(block: Block) -> Block:
        if field == "price":
            return replace(block, price=np.full_like(block.price, value))
        x = block.x.copy()
        x[:, 0] = value
        return replace(block, x=x)

    return spoil


def signals(desk: Desk, spoil: Any = lambda block: block) -> list[Body]:
    """Return the signals of a few ticks under a desk, with their block changed before it is scored."""
    spec, shard = Spec(models=(ALWAYS_BUY,)), Shard("check", 0, 0)
    models = load_all(spec.models)
    closed = [_changed(one, spoil) for one in Market(spec, desk, topic="check", partition=0).step(_ticks())]
    emitted = Judge(spec, shard, models).step(Scorer(spec, models).step(closed))
    bodies = [r.body for one in emitted for r in one.records if r.topic == SIGNALS]
    return [body for body in bodies if isinstance(body, dict)]


def _changed(closed: Closed, spoil: Any) -> Closed:
    return closed if closed.block is None else replace(closed, block=spoil(closed.block))


def _ticks() -> Iterator[TickBatch]:
    values = [
        orjson.dumps({"symbol": "BTCUSDT", "ts": START + second * SECOND, "price": 100.0 + second, "qty": 1.0,
                      "side": "buy", "trade_id": second})
        for second in range(4)
    ]  # fmt: skip
    times = START + np.arange(4) * SECOND
    yield TickBatch(np.arange(4), times, values, Decoder().decode(values), 0)
