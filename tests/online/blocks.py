"""Blocks of closed rows for tests of what learns in the stream: made up, or those of a simulated market."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from connectors.tick_history import simulated
from models.desk.desk import Desk
from models.market.block import UNKNOWN, BarColumns, Block
from models.market.market import Market
from models.market.schema import NAMES, TRAINED
from models.simulator import MarketSpec, instruments
from models.spec import SECOND, Spec
from models.ticks import Floats

START = 1_700_000_000
PLACES = [NAMES.index(name) for name in TRAINED]


class Row(NamedTuple):
    """One row: its symbol, second, all trained features, and what became of the row one horizon before."""

    code: int
    second: int
    x: tuple[float, ...]
    outcome: int = UNKNOWN


def block(rows: Sequence[Row]) -> Block:
    """Return a block of these rows, which closed in this order; prices and bars say nothing."""
    n = len(rows)
    nothing, none = np.full(n, np.nan), np.zeros(n, dtype=np.int64)
    bar = BarColumns(nothing, nothing, nothing, nothing, np.zeros(n), none)
    x = np.zeros((n, len(NAMES)))
    x[:, PLACES] = np.array([row.x for row in rows]).reshape(n, len(PLACES))
    return Block(
        code=np.array([row.code for row in rows], dtype=np.int64),
        second=np.array([row.second for row in rows], dtype=np.int64),
        offset=none, seq=0, x=x, price=np.full(n, 100.0), age=np.zeros(n), bar=bar,
        ends_five=np.zeros(n, dtype=bool), five=bar,
        outcome=np.array([row.outcome for row in rows], dtype=np.int8), realised=nothing,
    )  # fmt: skip


def part(whole: Block, places: Any) -> Block:
    """Return some rows of a block."""
    return Block(**{field.name: _some(getattr(whole, field.name), places) for field in fields(Block)})


def _some(column: Any, places: Any) -> Any:
    if isinstance(column, BarColumns):
        return BarColumns(*(getattr(column, field.name)[places] for field in fields(BarColumns)))
    return column if isinstance(column, int) else column[places]


def joined(blocks: Iterable[Block]) -> Block:
    """Return blocks as one."""
    every = list(blocks)
    columns = {f.name: [getattr(one, f.name) for one in every] for f in fields(Block)}
    return Block(**{name: _together(column) for name, column in columns.items()})


def _together(columns: list[Any]) -> Any:
    if isinstance(columns[0], BarColumns):
        names = [field.name for field in fields(BarColumns)]
        return BarColumns(*(np.concatenate([getattr(bar, name) for bar in columns]) for name in names))
    return columns[0] if isinstance(columns[0], int) else np.concatenate(columns)


@cache
def market_block(seconds: int, edge: float = 0.0, symbols: int = 2, seed: int = 1) -> Block:
    """Return all rows of a simulated market as one block, outcomes and all."""
    spec = MarketSpec(instruments=instruments(symbols), edge=edge)
    market = Market(Spec(), Desk())
    batches = simulated(spec, seed, seconds, START * SECOND).batches()
    return joined(c.block for b in batches for c in market.step([b]) if c.block is not None)


def features(n: int, seed: int = 0) -> Floats:
    """Return n rows of trained features drawn from a normal distribution."""
    return np.random.default_rng(seed).standard_normal((n, len(TRAINED)))


def altered(whole: Block, place: int, **columns: Any) -> Block:
    """Return a block with other values in one row."""
    changed = {name: getattr(whole, name).copy() for name in columns}
    for name, value in columns.items():
        changed[name][place] = value
    return replace(whole, **changed)
