"""Walks for tests: a market with every fault of a feed, through the backtest's stages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from connectors.tick_history import TickHistory, simulated
from models.backtest.decided import Decided, joined
from models.backtest.walk import MakeMarket, Walk, live_market
from models.desk.desk import Desk
from models.inputs import TickBatch
from models.scoring.model import Model
from models.scoring.registry import load_all
from models.simulator import Faults, MarketSpec, instruments
from models.spec import Spec

START = 1_700_000_000 * 1_000_000_000
FAULTS = Faults(late=0.01, duplicate=0.01, corrupt=0.01, future=0.01)
MODELS = load_all(Spec().models)


def market(symbols: int = 2, *, rate: float = 3.0, silence: float = 0.3, **more: Any) -> MarketSpec:
    """Return a market that is often silent, so that symbols close by the shard's log time."""
    return MarketSpec(
        instruments=instruments(symbols), ticks_per_second=rate, silence=silence, faults=FAULTS, **more
    )


def history(seconds: float, spec: MarketSpec | None = None, seed: int = 5) -> TickHistory:
    """Return a history of that market."""
    return simulated(spec or market(), seed, seconds, START)


def decided(
    batches: Iterable[TickBatch],
    desk: Desk | None = None,
    models: Mapping[str, Model] = MODELS,
    make: MakeMarket = live_market,
) -> tuple[Decided, Walk]:
    """Return all rows of a walk, and the walk itself."""
    walk = Walk(Spec(), desk or Desk(), models, market=make)
    for batch in batches:
        walk.step(batch)
    return walk.take(end=True), walk


def assert_equal(found: Decided, expected: Decided) -> None:
    """Compare every column to the bit, with its type."""
    for name, column in expected.columns().items():
        mine = found.columns()[name]
        assert mine.dtype == column.dtype, name
        assert np.array_equal(mine, column, equal_nan=column.dtype.kind == "f"), name


def whole(parts: Sequence[Decided]) -> Decided:
    """Return parts as one."""
    return joined(parts)
